import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.util.PSQLException;

/** pgJDBC: text, then binary after five executions; fetch size, COPY, cancel, DatabaseMetaData. */
public final class JdbcTour {
  public static void main(String[] arguments) throws Exception {
    step("connect");
    try (Connection connection = connect(true)) {
      System.out.println("connected " + connection.getMetaData().getUserName());
      parameters(connection);
      step("text");
      try (Connection text = connect(false)) {
        rows(text, env("TOUR_TYPES"), true);
        rows(text, env("TOUR_ROWS"), true);
      }
      step("binary");
      for (int times = 0; times < 7; times++) rows(connection, env("TOUR_TYPES"), times % 6 == 0);
      rows(connection, env("TOUR_ROWS"), true);
      step("cursor");
      fetches(connection);
      step("fetch size");
      for (int size : new int[] {1000, 7000}) stream(connection, size);
      step("copy");
      for (String options : new String[] {"", "CSV HEADER", "BINARY"}) copy(connection, options);
      step("cancel");
      cancel(connection);
      step("metadata");
      metadata(connection.getMetaData());
    }
  }

  private static void step(String name) {
    System.out.println("== " + name);
  }

  /** Of what has a binary form, pgJDBC asks for it once a statement has run five times. */
  private static Connection connect(boolean binary) throws SQLException {
    String url =
        "jdbc:postgresql://" + env("PGHOST") + ":" + env("PGPORT") + "/" + env("PGDATABASE");
    Properties properties = new Properties();
    properties.setProperty("user", env("PGUSER"));
    properties.setProperty("password", env("PGPASSWORD"));
    properties.setProperty("sslmode", "verify-full");
    properties.setProperty("sslrootcert", env("PGSSLROOTCERT"));
    properties.setProperty("binaryTransfer", String.valueOf(binary));
    return DriverManager.getConnection(url, properties);
  }

  private static String env(String name) {
    return System.getenv(name);
  }

  private static void print(ResultSet results) throws SQLException {
    int columns = results.getMetaData().getColumnCount();
    while (results.next()) {
      StringBuilder line = new StringBuilder(" ");
      for (int column = 1; column <= columns; column++) {
        Object value = results.getObject(column);
        if (value instanceof byte[]) value = HexFormat.of().formatHex((byte[]) value);
        line.append(' ').append(value).append('|');
      }
      System.out.println(line);
    }
  }

  private static void rows(Connection connection, String sql, boolean shown) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int times = 0; times < 6; times++) {
        try (ResultSet results = statement.executeQuery()) {
          if (!shown || times % 5 != 0) continue;
          ResultSetMetaData facts = results.getMetaData();
          for (int column = 1; column <= facts.getColumnCount(); column++) {
            System.out.println(
                "  " + facts.getColumnLabel(column) + " " + facts.getColumnTypeName(column) + " "
                    + facts.getPrecision(column) + " " + facts.getScale(column));
          }
          print(results);
        }
      }
    }
  }

  private static void parameters(Connection connection) throws SQLException {
    String sql = "SELECT ?::int8 + 1, ?::text, ?::numeric, ?::timestamp, ?::bool";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int times = 0; times < 7; times++) {
        statement.setLong(1, times);
        statement.setString(2, "é" + times);
        statement.setBigDecimal(3, new java.math.BigDecimal("1.50"));
        statement.setObject(4, java.time.LocalDateTime.of(2024, 2, 29, 1, 2, 3));
        statement.setBoolean(5, times % 2 == 0);
        try (ResultSet results = statement.executeQuery()) {
          print(results);
        }
      }
    }
  }

  private static void fetches(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    long count = 0;
    try (Statement statement = connection.createStatement()) {
      statement.execute("DECLARE walk CURSOR FOR " + env("TOUR_STREAM"));
      for (long before = -1; before != count; ) {
        before = count;
        try (ResultSet results = statement.executeQuery("FETCH 50000 FROM walk")) {
          while (results.next()) count++;
        }
      }
    }
    connection.commit();
    connection.setAutoCommit(true);
    System.out.println("fetched " + count);
  }

  private static void stream(Connection connection, int size) throws SQLException {
    connection.setAutoCommit(false);
    long count = 0;
    long total = 0;
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(size);
      try (ResultSet results = statement.executeQuery(env("TOUR_STREAM"))) {
        while (results.next()) {
          count++;
          total += results.getLong(1) + results.getString(2).length();
        }
      }
    }
    connection.commit();
    connection.setAutoCommit(true);
    System.out.println("streamed " + count + " " + total);
  }

  private static void copy(Connection connection, String options) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String sql = "COPY (" + env("TOUR_COPY") + ") TO STDOUT " + options;
    long rows = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql, out);
    byte[] digest = MessageDigest.getInstance("MD5").digest(out.toByteArray());
    System.out.println("copied " + rows + " " + out.size() + " " + HexFormat.of().formatHex(digest));
  }

  private static void cancel(Connection connection) throws Exception {
    try (Statement statement = connection.createStatement()) {
      Thread canceller =
          new Thread(
              () -> {
                try {
                  Thread.sleep(300);
                  statement.cancel();
                } catch (InterruptedException | SQLException error) {
                  System.out.println(error);
                }
              });
      canceller.start();
      statement.executeQuery(env("TOUR_ENDLESS"));
    } catch (PSQLException error) {
      System.out.println("cancelled " + error.getSQLState());
    }
    rows(connection, "SELECT 1 AS usable", true);
  }

  private static void metadata(DatabaseMetaData data) throws SQLException {
    try (ResultSet schemas = data.getSchemas(null, "data")) {
      print(schemas);
    }
    String[] kinds = {"TABLE", "FOREIGN TABLE"};
    try (ResultSet tables = data.getTables(null, "data", "%", kinds)) {
      while (tables.next()) System.out.println("table " + tables.getString("TABLE_NAME"));
    }
    try (ResultSet columns = data.getColumns(null, "data", "%", "%")) {
      while (columns.next()) {
        System.out.println(
            "column " + columns.getString("TABLE_NAME") + " " + columns.getString("COLUMN_NAME")
                + " " + columns.getInt("DATA_TYPE") + " " + columns.getString("TYPE_NAME") + " "
                + columns.getInt("COLUMN_SIZE") + " " + columns.getInt("DECIMAL_DIGITS") + " "
                + columns.getString("IS_NULLABLE"));
      }
    }
    try (ResultSet keys = data.getPrimaryKeys(null, "data", "many")) {
      print(keys);
    }
    try (ResultSet indexes = data.getIndexInfo(null, "data", "many", false, false)) {
      print(indexes);
    }
  }
}
