//! tokio-postgres: every type binary, strictly pipelined; streams, portals, COPY, cancel.
mod tls;

use std::env::var;
use std::error::Error as AnyError;
use std::time::Duration;

use futures_util::{pin_mut, StreamExt, TryStreamExt};
use tls::Tls;
use tokio_postgres::types::{FromSql, Type};
use tokio_postgres::{Client, Config, Error, SimpleQueryMessage};

/// The bytes of any value.
struct Raw(Vec<u8>);

impl<'a> FromSql<'a> for Raw {
    fn from_sql(_: &Type, bytes: &'a [u8]) -> Result<Raw, Box<dyn AnyError + Sync + Send>> {
        Ok(Raw(bytes.to_vec()))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

fn step(name: &str) {
    println!("== {name}");
}

async fn texts(client: &Client, sql: &str) -> Result<(), Error> {
    for message in client.simple_query(sql).await? {
        if let SimpleQueryMessage::Row(row) = message {
            let values: Vec<_> = (0..row.len()).map(|i| row.get(i)).collect();
            println!("  {values:?}");
        }
    }
    Ok(())
}

async fn binaries(client: &Client) -> Result<(), Error> {
    for name in ["TOUR_TYPES", "TOUR_ROWS"] {
        let statement = client.prepare(&var(name).unwrap()).await?;
        for column in statement.columns() {
            println!("  {} {} {}", column.name(), column.type_(), column.type_().oid());
        }
        for row in client.query(&statement, &[]).await? {
            for i in 0..row.len() {
                print!(" {:?}", row.get::<_, Option<Raw>>(i).map(|raw| raw.0));
            }
            println!();
        }
    }
    let row = client
        .query_one("SELECT true, 7::int2, 8::int4, 1.5::float4, 0.1::float8, 'é'::text, '\\x01ff'::bytea, NULL::int4", &[])
        .await?;
    println!(
        "binary {} {} {} {} {} {} {:?} {:?}",
        row.get::<_, bool>(0),
        row.get::<_, i16>(1),
        row.get::<_, i32>(2),
        row.get::<_, f32>(3),
        row.get::<_, f64>(4),
        row.get::<_, String>(5),
        row.get::<_, Vec<u8>>(6),
        row.get::<_, Option<i32>>(7)
    );
    Ok(())
}

async fn pipelined(client: &Client) -> Result<(), Error> {
    let parts = [1i64, 2, 3, 4]
        .map(|n| async move { client.query_one("SELECT $1::int8 * 10", &[&n]).await });
    for row in futures_util::future::try_join_all(parts).await? {
        println!("pipelined {}", row.get::<_, i64>(0));
    }
    Ok(())
}

async fn cursors(client: &mut Client) -> Result<(), Error> {
    let transaction = client.transaction().await?;
    let declared = format!("DECLARE walk CURSOR FOR {}", var("TOUR_STREAM").unwrap());
    transaction.batch_execute(&declared).await?;
    let mut count = 0;
    loop {
        let rows = transaction.query("FETCH 50000 FROM walk", &[]).await?;
        if rows.is_empty() {
            break;
        }
        count += rows.len();
    }
    transaction.commit().await?;
    println!("fetched {count}");
    let (mut count, mut total) = (0, 0i64);
    let rows = client.query_raw(&var("TOUR_STREAM").unwrap(), Vec::<i32>::new()).await?;
    pin_mut!(rows);
    while let Some(row) = rows.try_next().await? {
        count += 1;
        total += i64::from(row.get::<_, i32>(0)) + row.get::<_, String>(1).len() as i64;
    }
    println!("streamed {count} {total}");
    Ok(())
}

async fn portals(client: &mut Client) -> Result<(), Error> {
    for size in [1000, 7000] {
        let transaction = client.transaction().await?;
        let portal = transaction.bind(&var("TOUR_STREAM").unwrap(), &[]).await?;
        let other = transaction.bind(&var("TOUR_ROWS").unwrap(), &[]).await?;
        let mut count = 0;
        loop {
            let rows = transaction.query_portal(&portal, size).await?;
            if rows.is_empty() {
                break;
            }
            if count < 14000 {
                println!("other portal {}", transaction.query_portal(&other, 5).await?.len());
            }
            count += rows.len();
        }
        transaction.commit().await?;
        println!("portal {count}");
    }
    Ok(())
}

async fn copies(client: &Client) -> Result<(), Error> {
    for options in ["", "WITH (FORMAT csv, HEADER)", "WITH (FORMAT binary)"] {
        let sql = format!("COPY ({}) TO STDOUT {options}", var("TOUR_COPY").unwrap());
        let blocks = client.copy_out(&sql).await?;
        pin_mut!(blocks);
        let (mut length, mut sum) = (0u64, 0u64);
        while let Some(block) = blocks.next().await {
            for byte in block? {
                length += 1;
                sum = sum.wrapping_mul(31).wrapping_add(u64::from(byte));
            }
        }
        println!("copied {length} {sum}");
    }
    Ok(())
}

async fn cancels(client: &Client, tls: &Tls) -> Result<(), Error> {
    let (token, tls) = (client.cancel_token(), tls.clone());
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(300)).await;
        token.cancel_query(tls).await
    });
    let error = client.simple_query(&var("TOUR_ENDLESS").unwrap()).await.err().unwrap();
    println!("cancelled {:?}", error.code().map(|code| code.code().to_owned()));
    println!("usable {}", client.query_one("SELECT 1", &[]).await?.get::<_, i32>(0));
    Ok(())
}

async fn tour() -> Result<(), Error> {
    step("connect");
    let tls = Tls::trusting(&var("PGSSLROOTCERT").unwrap());
    let (mut client, connection) = Config::new()
        .host(&var("PGHOST").unwrap())
        .port(var("PGPORT").unwrap().parse().unwrap())
        .user(&var("PGUSER").unwrap())
        .password(var("PGPASSWORD").unwrap())
        .dbname(&var("PGDATABASE").unwrap())
        .ssl_mode(tokio_postgres::config::SslMode::Require)
        .connect(tls.clone())
        .await?;
    tokio::spawn(connection);
    let row = client.query_one("SELECT current_user::text, $1::int8 + 1", &[&41i64]).await?;
    println!("connected {} {}", row.get::<_, String>(0), row.get::<_, i64>(1));
    pipelined(&client).await?;
    let error = client.query("SELECT * FROM data.no_such_table", &[]).await.unwrap_err();
    println!("error {:?}", error.as_db_error().map(|e| (e.message().to_owned(), e.position().cloned())));
    step("text");
    for name in ["TOUR_TYPES", "TOUR_ROWS"] {
        texts(&client, &var(name).unwrap()).await?;
    }
    step("binary");
    binaries(&client).await?;
    step("cursor");
    cursors(&mut client).await?;
    step("fetch size");
    portals(&mut client).await?;
    step("copy");
    copies(&client).await?;
    step("cancel");
    cancels(&client, &tls).await?;
    step("metadata");
    let columns = "SELECT table_name, column_name, data_type FROM information_schema.columns \
                   WHERE table_schema = 'data' ORDER BY table_name, ordinal_position";
    texts(&client, columns).await
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    if let Err(error) = tour().await {
        println!("failed: {error:?}");
        std::process::exit(1);
    }
}
