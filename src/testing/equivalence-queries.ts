/**
 * Queries that rules have something to do with, or must leave alone: every kind of join and subquery,
 * correlated at any depth, over tables of small integers with NULLs (plan-equivalence.ts).
 */
export const EQUIVALENCE_QUERIES: readonly string[] = `
select a, b from t where a > 1;
select t.a, s.b from t, s where t.a = s.a and s.b < 3;
select t.a, s.b from t left join s on t.a = s.a;
select t.a, s.b from t left join s on t.a = s.a where s.b > 0;
select t.a, s.b from t left join s on t.a = s.a and t.b > 1 where s.b is null;
select t.a, s.b from t full join s on t.a = s.a;
select t.a, s.b from t full join s on t.a = s.a where t.b = 1;
select t.a, s.b from t full join s on t.a = s.a where s.b = 1 and t.c = 2;
select t.a, s.b from t right join s on t.a = s.a and t.b = 1;
select a from t where exists (select * from s where s.a = t.a);
select a from t where not exists (select * from s where s.a = t.a);
select a from t where exists (select * from s where s.a = t.a and s.b <> t.b);
select a from t where not exists (select * from s where s.a = t.a and s.b <> t.b);
select a from t where a in (select a from s);
select a from t where a not in (select a from s);
select a from t where a in (select b from s);
select a from t where a not in (select b from s);
select a from t where a not in (select b from s where s.d = t.c);
select a from t where (a, b) in (select a, b from s);
select a from t where (a, b) not in (select a, b from s);
select a from t where a = any (select b from s) or b = 2;
select a from t where a > all (select b from s where s.a = t.b);
select a from t where a > any (select b from s where s.a = t.b);
select a from t where not (a > any (select b from s where s.a = t.b));
select a, exists (select 1 from s where s.a = t.a) from t;
select a, not exists (select 1 from s where s.b = t.b) from t;
select a, exists (select 1 from s where s.b = t.b and s.a < t.a) from t;
select a, a in (select b from s) from t;
select a, a not in (select b from s where s.a = t.b) from t;
select a, a in (select b from s where s.a < t.b) from t;
select t.a, g from t, generate_series(1, t.a) g;
select t.a, g from t, generate_series(1, t.a) g where t.b > 1 and g > 1;
select t.a, g from t left join lateral generate_series(1, t.a) g on true;
select t.a, g from t left join lateral generate_series(1, t.a) g on true where g > 1;
select t.a, g from t left join lateral generate_series(1, t.a) g on g > t.b;
select t.a, g, n from t, generate_series(t.b, t.a) with ordinality g(g, n) where n < 3;
select t.a, s.b, g from t left join s on t.a = s.a, generate_series(1, s.b) g;
select t.a, x, y from t, rows from (generate_series(1, t.a), generate_series(1, t.b)) r(x, y);
select t.a, g.d from t, lateral (select g * 2 as d from generate_series(1, t.a) g where g <> t.b) g;
select a, (select sum(g) from generate_series(1, t.a) g) from t;
select a, (select count(*) from generate_series(1, t.a) g where g = t.b) from t;
select a from t where exists (select 1 from generate_series(1, t.a) g where g > t.b);
select a from t where b not in (select g from generate_series(1, t.a) g);
select a, generate_series(1, b) from t where a > 0;
select a, generate_series(1, b), generate_series(a, 2) from t;
select generate_series(1, generate_series(1, b)) from t;
select s.x, count(*) from (select generate_series(1, a) as x, b from t) s where s.b > 0 group by s.x;
select s.a, count(*) from (select a, generate_series(1, b) from t) s group by s.a;
select a, (select count(*) from s where s.a = t.a) from t;
select a, (select count(*) + 1 from s where s.a = t.a) from t;
select a, (select sum(b) from s where s.a = t.a) from t;
select a, (select coalesce(sum(b), 100) from s where s.a = t.a) from t;
select a, (select count(*) from s where s.a < t.a) from t;
select a, (select count(*) from s where s.a < t.a or s.b = t.b) from t;
select a, (select max(s.b + t.b) from s where s.a = t.a) from t;
select a, (select max(s.b) + t.b from s where s.a = t.a) from t;
select a, (select count(*) from s where s.a = t.a having count(*) > 1) from t;
select a, (select max(b) from s where s.a = t.a group by s.a) from t;
select a, (select b from s where s.a = t.a) from t;
select a, (select b from s where s.a = t.a limit 1) is null from t where a > 100;
select a, (select b from s where s.a = t.a order by b, d limit 1) from t;
select a, (select b from s where s.a < t.a order by b desc nulls last limit 1) from t;
select a, (select max(a) from s) from t;
select a from t where a = (select max(a) from s);
select a from t where b > (select avg(b) from s where s.a = t.a);
select a from t where b < (select count(*) from s where s.a = t.a);
select a from t where 0 = (select count(*) from s where s.a = t.a);
select a from t where (select count(*) from s where s.a = t.a) in (select e from u where u.a
  = t.a);
select a from t where exists (select * from s where s.a = t.a and exists (select * from u
  where u.a = s.b and u.e = t.b));
select a from t where exists (select * from s where s.a = t.a and not exists (select * from
  u where u.a = s.b and u.e = t.b));
select a from t where exists (select * from s where s.a = t.a and s.b = (select max(e) from
  u where u.a = t.b));
select a from t where exists (select * from s where s.b = (select count(*) from u where u.a
  = t.b and u.e = s.a));
select a, (select sum((select count(*) from u where u.a = s.a and u.e = t.a)) from s where
  s.b = t.b) from t;
select a, (select count(*) from (select distinct b from s where s.a = t.a) q) from t;
select a, (select count(*) from (select b from s where s.a = t.a union select e from u where
  u.a = t.a) q) from t;
select a, (select count(*) from (select b from s where s.a = t.a union all select e from u)
  q) from t;
select a, (select count(*) from (select b from s where s.a < t.a except select e from u
  where u.a = t.b) q) from t;
select a, (select count(*) from (select b from s intersect all select e from u where u.a <=
  t.b) q) from t;
select a, (select count(*) from s left join u on u.a = s.a and u.e = t.b) from t;
select a, (select count(*) from s left join u on u.a = s.a where s.b = t.b) from t;
select a, (select count(*) from s full join u on u.a = s.a and u.e = t.b) from t where a >
  100;
select a, (select count(u.a) from s left join (select * from u where u.e = t.a) u on u.a =
  s.a) from t;
select t.a, q.b from t, lateral (select b from s where s.a = t.a) q;
select t.a, q.b from t left join lateral (select b from s where s.a = t.a) q on true;
select t.a, q.b from t left join lateral (select b from s where s.a = t.a) q on q.b > t.b;
select t.a, q.n from t cross join lateral (select count(*) n from s where s.a = t.a) q;
select t.a, q.n from t left join lateral (select count(*) n from s where s.a = t.a) q on q.n
  > 0;
select t.a, q.n from t cross join lateral (select count(*) n, max(b) m from s where s.a <
  t.a) q where q.m > 1;
select t.a, q.m from t, lateral (select max(b) m from s where s.a = t.a group by d) q;
select t.a, q.x from t, lateral (values (t.a + 1), (t.b)) q(x);
select t.a, q.x from t, lateral (select t.a + s.a as x from s where s.b >= t.b) q;
select t.a, q.a, r.e from t, lateral (select * from s where s.a = t.a) q, lateral (select *
  from u where u.a = q.b and u.e = t.c) r;
select t.a, q.b from t, lateral (select distinct on (s.a) s.a, s.b from s where s.a <= t.a
  order by s.a, s.b, s.d) q;
select a, count(distinct b) from t group by a;
select a, count(distinct b), sum(c) from t group by a;
select a, count(distinct b), count(distinct c), count(*) from t group by a;
select count(distinct b), sum(distinct c), min(a) from t;
select count(distinct b) filter (where a > 1), count(*) from t;
select a, count(distinct b) filter (where c > 1) from t group by a;
select a, sum(distinct b) filter (where c > 1), sum(b) filter (where c > 2) from t group by
  a;
select distinct a, b from t;
select distinct a from (select distinct a, b from t) q;
select a, b, count(*) from t group by a, b having count(*) > 1 and a > 0;
select a, b from (select a, b, count(*) n from t group by a, b) q where a = 1 and n < 3;
select t.a, s.a, count(*) from t join s on t.a = s.a group by t.a, s.a;
select t.a, s.a, s.b, count(*) from t join s on t.a = s.a where t.a = 2 group by t.a, s.a,
  s.b;
select q.a, q.n, count(*) from (select a, count(*) n from t group by a) q join s on s.a =
  q.a group by q.a, q.n;
select a from t where a = 1 or a = 2 or a is null;
select t.a, s.a from t, s where (t.a = 1 and s.a = 2) or (t.a = 2 and s.a = 1);
select t.a, s.a from t, s where (t.a = s.a and t.b = 1) or (t.a = s.a and s.b = 2);
select t.a, s.a from t left join s on t.a = s.a and ((t.b = 1 and s.b = 2) or (t.b = 2 and
  s.b = 1));
select t.a, s.b, u.e from t, s, u where t.a = s.a and s.a = u.a and t.b = 1;
select t.a, s.b, u.e from t left join s on t.a = s.a left join u on s.b = u.a;
select t.a, s.b, u.e from t left join (s join u on s.b = u.a) on t.a = s.a;
select t.a, s.b, u.e from (t join s on t.a = s.a) left join u on s.b = u.a and t.b = u.e;
select t.a, s.b, u.e from t join (s left join u on s.b = u.a) on t.a = s.a;
select t.a, s.b, u.e from t full join s on t.a = s.a left join u on u.a = t.b;
select t.a, s.b, u.e from t full join s on t.a = s.a full join u on u.a = s.b;
select t.a, s.b, u.e from t left join s on t.a = s.a full join u on u.a = s.b;
select t.a, s.b, u.e from t left join s on t.a = s.a join u on u.a = t.b;
select t.a, s.b, u.e from t left join s on t.a = s.a left join u on coalesce(s.b, 0) = u.a;
select t.a, s.b, u.e, w.x from t left join s on t.a = s.a join u on u.a = t.b left join w on
  w.x = s.b and w.x = u.e;
select t.a from t join s on t.a = s.a where exists (select 1 from u where u.a = t.b) and not
  exists (select 1 from w where w.x = s.b);
select t.a from t left join s on t.a = s.a where exists (select 1 from u where u.a = s.b) or
  s.b is null;
select t.a from t where exists (select 1 from s left join u on s.b = u.a where s.a = t.a);
with q as (select a, count(*) n from t group by a) select x.a, x.n, y.n from q x, q y where
  x.a = y.n;
with q as (select * from t where a > 0) select * from q where b = 1;
with q as materialized (select * from t where a > 0) select * from q where b = 1;
with q as (select * from t), r as (select a from q union all select b from q) select r.a,
  q.b from r, q where r.a = q.a;
select a from t where b in (with q as (select a from s where s.b = t.c) select q.a from q
  union select a + 1 from q);
select a from t union select a from s;
select a from t union all select a from s;
select a from t intersect select a from s;
select a from t except all select a from s;
select a from (select a from t union all select a from s) q where a > 1;
select q.a, count(*) from (select a from t union select b from s) q group by q.a;
select a, b from t order by a nulls first, b desc;
select a from (select a from t order by b) q order by a;
select count(*) from (select a from t order by a limit 3) q;
select count(*) from (select a from t left join lateral (select b from s where s.a=t.a) q on
  true limit 2) z;
select a, case when a > 1 then (select b from s where s.a = t.a) else 0 end from t;
select a, case when a > 1 then (select max(b) from s where s.a = t.a) when a = 1 then
  (select count(*) from s where s.b = t.b) end from t;
select a from t where a > 0 and 10 / a > 3;
select t.a from t join s on t.a = s.a where t.a <> 0 and 10 / t.a > 3;
select a, coalesce((select max(b) from s where s.a = t.a), (select count(*) from u)) from t;
select (select count(*) from t), (select max(a) from s);
select 1 where exists (select 1 from t where a = 1);
select a from t where not (a in (select a from s) and b in (select b from s));
select a from t where not (exists (select 1 from s where s.a = t.a) or b = 1);
select a from t where (exists (select 1 from s where s.a = t.a)) is true;
select a from t where (a in (select b from s)) is unknown;
select a, (select array_count from (select count(*) as array_count from s where s.a = t.a)
  z) from t;
select t.a from t left join s on exists (select 1 from u where u.a = t.a and u.e = s.b);
select t.a, s.a from t left join s on t.a = s.a and exists (select 1 from u where u.a = s.b);
select t.a, s.a from t join s on t.a = s.a and exists (select 1 from u where u.a = s.b and
  u.e = t.b);
select sum((select max(b) from s where s.a = t.a)) from t;
select a, sum(b) from t group by a having sum(b) > (select avg(b) from s where s.a = t.a);
select a, sum(b) from t group by a having exists (select 1 from s where s.a = t.a and s.b =
  sum(t.b));
select a from t order by (select count(*) from s where s.a = t.a), a, b, c;
select distinct (select max(b) from s where s.a = t.a) from t;
values (1, (select max(a) from t)), (2, (select min(a) from s));
select t.a from t where t.b = (select s.b from s where s.a = t.a and s.d = (select min(d)
  from s s2 where s2.a = t.a and s2.b = s.b)) and t.a > 100;
select a from t where a in (select s.a from s group by s.a having count(*) > (select
  count(*) from u where u.a = t.b));
select a from t where exists (select count(*) from s where s.a = t.a);
select a from t where not exists (select count(*) from s where s.a = t.a);
select a, exists (select max(b) from s where s.a = t.a having max(b) > 1) from t;
select a from t where a in (select count(*) from s where s.a = t.a);
select a from t where a not in (select max(b) from s where s.a = t.a);
select a, a in (select max(b) from s where s.a = t.b) from t;
select a, 1 in (select 1 from s where s.a = t.b) from t;
select x.a from t x where x.b = (select max(y.b) from t y where y.a = x.a) and x.a = 2;
select x.a, y.b from t x join t y on x.a = y.a and x.b = y.b where x.c in (1, 2) and y.a < 3;
select grouping(a), a, count(*) from t group by rollup (a, b);
select a, b, sum(c) from t group by grouping sets ((a), (b), ());
select a from t where b = 1 limit 0;
select a from t where false;
select count(*) from t where false;
select t.a, s.b from t left join (select * from s where false) s on t.a = s.a;
select a from t where exists (select 1 from s where false);
select t.a, z.m from t left join (select a, max(b) m from s group by a) z on z.a = t.a where
  z.m > 1;
select t.a, z.m from t left join (select a, count(*) m from s group by a) z on z.a = t.a
  where coalesce(z.m, 0) = 0;
select x from w where y like 'a%' or x = 3;
select x, y from w where y like 'a%' and y not like '%b';
select w1.y, count(*) from w w1, w w2 where w1.y = w2.y group by w1.y, w2.y;
select t.a, (select q.b from (select s.b, s.a from s where s.d = t.c) q where q.a = t.a and
  q.b = 1 limit 1) from t where a < 0;
select x, string_agg(y, ',' order by y desc) from w group by x;
select string_agg(y, ',' order by y) filter (where x > 1) from w;
select x, string_agg(y, ',' order by y), count(*), count(distinct y) from w group by x;
select string_agg(distinct y, ',' order by y), max(x) from w;
select a, (select string_agg(y, ',' order by y) from w where x = t.a) from t;
select x, string_agg(y, ',' order by y), string_agg(y, ';' order by y desc) from w group by
  x
`
  .split(/;\n/)
  .map((sql) => sql.trim());
