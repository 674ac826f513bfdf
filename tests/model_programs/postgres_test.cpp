// SPDX-License-Identifier: Apache-2.0
// What the simulated PostgreSQL answers to SQL, as psql prints it. The texts are those of PostgreSQL 16.
#include <gtest/gtest.h>

#include "core/model/programs/pg_engine.h"
#include "core/model/programs/pg_server.h"
#include "core/model/programs/psql_text.h"

namespace cutaway::model::pg {
namespace {

class MemoryFiles final : public Files {
public:
    std::optional<std::string> read(const std::string& path) override {
        const auto found = files.find(path);
        return found == files.end() ? std::nullopt : std::optional(found->second);
    }
    bool write(const std::string& path, const std::string& bytes) override {
        files[path] = bytes;
        return true;
    }
    void remove(const std::string& path) override { files.erase(path); }
    std::map<std::string, std::string> files;
};

// A cluster with one superuser, and one session that is never asked to be polite.
struct Postgres : testing::Test {
    Postgres() {
        session.user = session.database = "admin";
        session.superuser = true;
        session.database_oid = 16384;
        session.version = "16.4 (Debian 16.4-1.pgdg120+2)";
        session.build = "on x86_64-pc-linux-gnu";
        session.now_us = 1'717'000'000'250'000;
        Store store(files, pending);
        Cluster cluster;
        cluster.next_oid = 16385;
        cluster.roles.push_back(Role{"admin", 10, true, true, true, true, true, {}, {}});
        cluster.databases.push_back({"admin", 16384, "admin"});
        cluster.databases.push_back({"template1", 1, "admin"});
        store.save(cluster);
        Problem problem;
        EXPECT_TRUE(store.commit(problem));
    }

    std::string shown(const Answer& answer) const {
        std::string text;
        for (const Notice& notice : answer.notices) {
            text += notice.severity + ":  " + notice.message + "\n";
        }
        Shown table;
        table.title = answer.title;
        for (const Field& field : answer.fields) {
            table.names.push_back(field.name);
            table.right.push_back(field.right);
        }
        table.rows = answer.rows;
        if (!answer.footer.empty() || !answer.counted) {
            table.footer = answer.footer;
        }
        text += answer.has_rows ? table_text(table, look) : answer.footer;
        return text + (answer.tag.starts_with("SELECT") || answer.tag.empty() ? "" : answer.tag + "\n");
    }

    std::string error(const Problem& problem, const std::string& query) const {
        return problem_text(
            Message{'E',
                    {"ERROR", problem.code, problem.message, std::to_string(problem.at), problem.detail, problem.hint}},
            query);
    }

    std::string run(const std::string& query) {
        Store store(files, pending);
        Problem problem;
        auto statements = parse_sql(query, problem);
        if (!statements) {
            return error(problem, query);
        }
        std::string text;
        for (Statement& statement : *statements) {
            Engine engine(store, session);
            const auto answer = engine.run(statement, problem);
            if (!answer) {
                store.rollback();
                return text + error(problem, query);
            }
            text += shown(*answer);
        }
        return store.commit(problem) ? text : error(problem, query);
    }

    std::string describe(const std::string& what, const std::string& name = "") {
        Store store(files, pending);
        Problem problem;
        Engine engine(store, session);
        const auto answer = engine.describe(what, name, problem);
        return answer ? shown(*answer) : problem.message;
    }

    // Just the values, a row a line.
    std::string values(const std::string& query) {
        look = Look{false, true, "|"};
        const std::string text = run(query);
        look = Look();
        return text;
    }

    MemoryFiles files;
    Pending pending;
    Session session;
    Look look;
};

TEST_F(Postgres, keeps_rows_and_finds_them_again) {
    EXPECT_EQ(run("CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL, age int);"), "CREATE TABLE\n");
    EXPECT_EQ(run("INSERT INTO users (name, age) VALUES ('Ada', 36), ('Linus', 54), ('grace', NULL);"), "INSERT 0 3\n");
    EXPECT_EQ(run("SELECT * FROM users;"),
              " id | name  | age \n"
              "----+-------+-----\n"
              "  1 | Ada   |  36\n"
              "  2 | Linus |  54\n"
              "  3 | grace |    \n"
              "(3 rows)\n\n");
    EXPECT_EQ(run("SELECT name, age + 1 AS next FROM users WHERE age > 40 ORDER BY age DESC LIMIT 1"),
              " name  | next \n-------+------\n Linus |   55\n(1 row)\n\n");
    EXPECT_EQ(run("UPDATE users SET age = age + 1 WHERE name LIKE '%a'"), "UPDATE 1\n");
    EXPECT_EQ(run("DELETE FROM users WHERE age IS NULL RETURNING name"),
              " name  \n-------\n grace\n(1 row)\n\nDELETE 1\n");
    EXPECT_EQ(values("SELECT count(*), min(age), max(age), sum(age), avg(age) FROM users"),
              "2|37|54|91|45.5000000000000000\n");
    EXPECT_EQ(run("TRUNCATE users"), "TRUNCATE TABLE\n");
    EXPECT_EQ(values("SELECT count(*), sum(age) FROM users"), "0|\n");
    EXPECT_EQ(run("DROP TABLE users"), "DROP TABLE\n");
    EXPECT_EQ(files.files.size(), 2U) << "a dropped table leaves no file";
}

TEST_F(Postgres, calculates_as_the_original_does) {
    const std::pair<const char*, const char*> cases[] = {
        {"1 + 2 * 3", "7"},
        {"7 / 2", "3"},
        {"7 % 4", "3"},
        {"-7 / 2", "-3"},
        {"7.0 / 2", "3.5000000000000000"},
        {"10 / 3.0", "3.3333333333333333"},
        {"1 / 3.0", "0.3333333333333333333"},  // a digit less than the original: there is no room for it
        {"0.1 + 0.2", "0.3"},
        {"1.10 * 3", "3.30"},
        {"9.99::numeric(4,1)", "10.0"},
        {"2.5::int", "3"},
        {"1e3", "1000"},
        {"0.5::float8 * 3", "1.5"},
        {"'12'::int + 1", "13"},
        {"1 = 1 AND NOT 2 < 1", "t"},
        {"NULL = 1", ""},
        {"NULL IS NULL", "t"},
        {"3 IN (1, 2, 3)", "t"},
        {"3 NOT BETWEEN 1 AND 2", "t"},
        {"'a' || 1 || 'b'", "a1b"},
        {"upper('abc') || length('über')", "ABC4"},
        {"coalesce(NULL, 'x')", "x"},
        {"nullif(1, 1)", ""},
        {"CASE WHEN 1 > 2 THEN 'a' ELSE 'b' END", "b"},
        {"CASE 2 WHEN 1 THEN 'one' WHEN 2 THEN 'two' END", "two"},
        {"round(2.567, 1)", "2.6"},
        {"abs(-3)", "3"},
        {"greatest(1, 5, 3)", "5"},
        {"substring('postgres' from 1 for 4)", "post"},
        {"'2024-02-28'::date + 2", "2024-03-01"},
        {"date '2024-03-01' - date '2024-02-01'", "29"},
        {"timestamp '2024-01-02 03:04:05.5'", "2024-01-02 03:04:05.5"},
        {"now()", "2024-05-29 16:26:40.25+00"},
        {"current_user", "admin"},
        {"version()", "PostgreSQL 16.4 (Debian 16.4-1.pgdg120+2) on x86_64-pc-linux-gnu"},
        {"true", "t"},
        {"'yes'::bool", "t"},
        {"'ABC' ILIKE 'a_c'", "t"},
    };
    for (const auto& [expression, value] : cases) {
        EXPECT_EQ(values(std::string("SELECT ") + expression), std::string(value) + "\n") << expression;
    }
}

TEST_F(Postgres, orders_groups_and_counts) {
    run("CREATE TABLE sales (item varchar(10), price numeric(8,2), sold date)");
    run("INSERT INTO sales VALUES ('tea', 2.50, '2024-01-01'), ('Cake', 4, '2024-01-02'), ('tea', 2.75, NULL), "
        "('bun', 1.1, '2023-12-31')");
    EXPECT_EQ(values("SELECT item FROM sales ORDER BY item, price"), "bun\nCake\ntea\ntea\n");
    EXPECT_EQ(values("SELECT sold FROM sales ORDER BY sold"), "2023-12-31\n2024-01-01\n2024-01-02\n\n");
    EXPECT_EQ(values("SELECT sold FROM sales ORDER BY sold DESC LIMIT 1"), "\n") << "NULL is greater than all";
    EXPECT_EQ(values("SELECT item, count(*), sum(price) FROM sales GROUP BY item HAVING count(*) > 1"), "tea|2|5.25\n");
    EXPECT_EQ(values("SELECT DISTINCT item FROM sales ORDER BY 1"), "bun\nCake\ntea\n");
    EXPECT_EQ(values("SELECT count(DISTINCT item), max(sold) FROM sales"), "3|2024-01-02\n");
    EXPECT_EQ(values("SELECT item FROM sales ORDER BY price LIMIT 1 OFFSET 1"), "tea\n");
    EXPECT_EQ(run("INSERT INTO sales SELECT 'n' || g, g FROM generate_series(1, 3) g"), "INSERT 0 3\n");
    EXPECT_EQ(values("SELECT item, price FROM sales WHERE item LIKE 'n%' ORDER BY 2 DESC"),
              "n3|3.00\nn2|2.00\nn1|1.00\n");
}

struct Wrong {
    const char* query;
    const char* text;
};

TEST_F(Postgres, says_what_is_wrong_and_where) {
    run("CREATE TABLE t (id int PRIMARY KEY, name varchar(3) UNIQUE, n int NOT NULL DEFAULT 7)");
    run("INSERT INTO t VALUES (1, 'a', 1)");
    const Wrong cases[] = {
        {"SELEC 1", "ERROR:  syntax error at or near \"SELEC\"\nLINE 1: SELEC 1\n        ^\n"},
        {"SELECT * FROM", "ERROR:  syntax error at end of input\nLINE 1: SELECT * FROM\n                     ^\n"},
        {"SELECT * FROM nothere",
         "ERROR:  relation \"nothere\" does not exist\nLINE 1: SELECT * FROM nothere\n          "
         "            ^\n"},
        {"SELECT age FROM t", "ERROR:  column \"age\" does not exist\nLINE 1: SELECT age FROM t\n               ^\n"},
        {"SELECT foo(1)",
         "ERROR:  function foo(integer) does not exist\nLINE 1: SELECT foo(1)\n               ^\nHINT:  No function "
         "matches the given name and argument types. You might need to add explicit type casts.\n"},
        {"SELECT id FROM t WHERE id = 'x'",
         "ERROR:  invalid input syntax for type integer: \"x\"\nLINE 1: SELECT id FROM t WHERE id = 'x'\n             "
         "                       ^\n"},
        {"SELECT * FROM t WHERE name = 1",
         "ERROR:  operator does not exist: character varying = integer\nLINE 1: SELECT * FROM t WHERE name = 1\n"
         "                                   ^\nHINT:  No operator matches the given name and argument types. You "
         "might need to add explicit type casts.\n"},
        {"SELECT 1/0", "ERROR:  division by zero\n"},
        {"SELECT id, count(*) FROM t",
         "ERROR:  column \"t.id\" must appear in the GROUP BY clause or be used in an aggregate function\nLINE 1: "
         "SELECT id, count(*) FROM t\n               ^\n"},
        {"INSERT INTO t VALUES (1, 'b', 2)",
         "ERROR:  duplicate key value violates unique constraint \"t_pkey\"\nDETAIL:  Key (id)=(1) already exists.\n"},
        {"INSERT INTO t VALUES (2, 'a', 2)",
         "ERROR:  duplicate key value violates unique constraint \"t_name_key\"\nDETAIL:  Key (name)=(a) already "
         "exists.\n"},
        {"INSERT INTO t VALUES (2, 'b', NULL)",
         "ERROR:  null value in column \"n\" of relation \"t\" violates not-null constraint\nDETAIL:  Failing row "
         "contains (2, b, null).\n"},
        {"INSERT INTO t VALUES (2, 'long')", "ERROR:  value too long for type character varying(3)\n"},
        {"INSERT INTO t VALUES (3000000000)", "ERROR:  integer out of range\n"},
        {"INSERT INTO t (id, nope) VALUES (1, 2)",
         "ERROR:  column \"nope\" of relation \"t\" does not exist\nLINE 1: INSERT INTO t (id, nope) VALUES (1, 2)\n"
         "                           ^\n"},
        {"INSERT INTO t VALUES (1, 'a', 1, 1)",
         "ERROR:  INSERT has more expressions than target columns\nLINE 1: INSERT INTO t VALUES (1, 'a', 1, 1)\n"
         "                                         ^\n"},
        {"CREATE TABLE t (x int)", "ERROR:  relation \"t\" already exists\n"},
        {"CREATE TABLE u (x foo)",
         "ERROR:  type \"foo\" does not exist\nLINE 1: CREATE TABLE u (x foo)\n                          ^\n"},
        {"DROP TABLE u", "ERROR:  table \"u\" does not exist\n"},
        {"CREATE DATABASE admin", "ERROR:  database \"admin\" already exists\n"},
        {"DROP DATABASE admin", "ERROR:  cannot drop the currently open database\n"},
        {"CREATE USER admin", "ERROR:  role \"admin\" already exists\n"},
        {"SELECT 'open",
         "ERROR:  unterminated quoted string at or near \"'open\"\nLINE 1: SELECT 'open\n               ^\n"},
        {"SELECT * FROM t JOIN u ON 1=1",
         "ERROR:  JOIN: not modelled\nLINE 1: SELECT * FROM t JOIN u ON 1=1\n                        ^\n"},
        {"GRANT ALL ON t TO x", "ERROR:  GRANT: not modelled\nLINE 1: GRANT ALL ON t TO x\n        ^\n"},
        {"SELECT (SELECT 1)", nullptr},
        {"VACUUM", nullptr},
        {"CREATE INDEX i ON t (id)", nullptr},
        {"SELECT random()", nullptr},
        {"SELECT pg_database_size('x')", nullptr},
        {"SELECT datname FROM pg_database", nullptr},
        {"SELECT 2 ^ 3", nullptr},
    };
    for (const Wrong& wrong : cases) {
        const std::string said = run(wrong.query);
        if (wrong.text == nullptr) {
            EXPECT_NE(said.find(": not modelled\n"), std::string::npos) << wrong.query << "\n" << said;
        } else {
            EXPECT_EQ(said, wrong.text) << wrong.query;
        }
    }
    EXPECT_EQ(values("SELECT count(*) FROM t"), "1\n") << "nothing of all that was done";
}

TEST_F(Postgres, does_all_of_a_query_or_nothing) {
    run("CREATE TABLE t (id int PRIMARY KEY)");
    EXPECT_EQ(run("INSERT INTO t VALUES (1); INSERT INTO t VALUES (1)"),
              "INSERT 0 1\nERROR:  duplicate key value violates unique constraint \"t_pkey\"\nDETAIL:  Key (id)=(1) "
              "already exists.\n");
    EXPECT_EQ(values("SELECT count(*) FROM t"), "0\n");
}

TEST_F(Postgres, refuses_a_commit_over_what_another_has_changed) {
    run("CREATE TABLE t (id int)");
    Pending mine;
    Store store(files, mine);
    Problem problem;
    auto insert = parse_sql("INSERT INTO t VALUES (1)", problem);
    ASSERT_TRUE(insert);
    ASSERT_TRUE(Engine(store, session).run((*insert)[0], problem));
    EXPECT_EQ(values("SELECT count(*) FROM t"), "0\n") << "nobody sees what is not committed";
    run("INSERT INTO t VALUES (2)");
    EXPECT_FALSE(store.commit(problem));
    EXPECT_EQ(problem.code, "40001");
    EXPECT_EQ(values("SELECT id FROM t"), "2\n");
}

TEST_F(Postgres, shows_tables_columns_and_roles) {
    EXPECT_EQ(describe("dt"), "Did not find any relations.");
    run("CREATE TABLE users (id serial PRIMARY KEY, mail varchar(40) UNIQUE, made timestamptz DEFAULT now())");
    run("CREATE USER app WITH PASSWORD 'x' CREATEDB");
    EXPECT_EQ(describe("dt"),
              "       List of relations\n"
              " Schema | Name  | Type  | Owner \n"
              "--------+-------+-------+-------\n"
              " public | users | table | admin\n"
              "(1 row)\n\n");
    EXPECT_EQ(describe("d", "users"),
              "                                     Table \"public.users\"\n"
              " Column |           Type           | Collation | Nullable |              Default              \n"
              "--------+--------------------------+-----------+----------+-----------------------------------\n"
              " id     | integer                  |           | not null | nextval('users_id_seq'::regclass)\n"
              " mail   | character varying(40)    |           |          | \n"
              " made   | timestamp with time zone |           |          | now()\n"
              "Indexes:\n"
              "    \"users_pkey\" PRIMARY KEY, btree (id)\n"
              "    \"users_mail_key\" UNIQUE CONSTRAINT, btree (mail)\n\n");
    EXPECT_EQ(describe("du"),
              "                             List of roles\n"
              " Role name |                         Attributes                         \n"
              "-----------+------------------------------------------------------------\n"
              " admin     | Superuser, Create role, Create DB, Replication, Bypass RLS\n"
              " app       | Create DB\n\n");
    EXPECT_EQ(describe("d", "nope"), "Did not find any relation named \"nope\".");
    EXPECT_NE(
        describe("l").find(" template1 | admin | UTF8     | libc            | en_US.utf8 | en_US.utf8 |            "
                           "|           | =c/admin         +\n"),
        std::string::npos)
        << describe("l");
}

TEST_F(Postgres, lets_a_plain_user_do_only_what_is_theirs) {
    run("CREATE TABLE t (id int); CREATE USER app");
    session.user = "app";
    session.superuser = false;
    EXPECT_EQ(run("SELECT * FROM t"), "ERROR:  permission denied for table t\n");
    EXPECT_EQ(run("DROP TABLE t"), "ERROR:  must be owner of table t\n");
    EXPECT_EQ(run("CREATE DATABASE d"), "ERROR:  permission denied to create database\n");
    EXPECT_EQ(run("CREATE USER other"),
              "ERROR:  permission denied to create role\nDETAIL:  Only roles with the CREATEROLE attribute may create "
              "roles.\n");
    EXPECT_EQ(run("CREATE TABLE u (id int)"),
              "ERROR:  permission denied for schema public\nLINE 1: CREATE TABLE u (id int)\n                     "
              "^\n");
}

TEST(Psql, cuts_what_is_typed_into_statements_and_commands) {
    Typed typed;
    std::string source = "SELECT 1; SELECT ';' -- no; end\n, 2;\n\\dt\nSELECT (1;\n2);\nSELECT 3";
    const auto next = [&](bool over) { return next_typed(source, typed, over).value_or("-"); };
    EXPECT_EQ(next(false), "SELECT 1;");
    EXPECT_EQ(next(false), "SELECT ';' -- no; end\n, 2;");
    EXPECT_EQ(next(false), "\\dt");
    EXPECT_EQ(next(false), "SELECT (1;\n2);");
    EXPECT_EQ(next(false), "-");
    EXPECT_EQ(next(true), "SELECT 3");
    EXPECT_EQ(next(true), "-");
}

TEST(Psql, puts_variables_where_they_are_named) {
    const std::map<std::string, std::string> variables{{"db", "my\"db"}, {"v", "it's"}};
    EXPECT_EQ(with_variables("CREATE DATABASE :\"db\" ;", variables), "CREATE DATABASE \"my\"\"db\" ;");
    EXPECT_EQ(with_variables("SELECT :'v', ':v', 1::text, :nope", variables), "SELECT 'it''s', ':v', 1::text, :nope");
}

TEST(Postgres_hba, decides_by_the_first_line_that_fits) {
    const std::string hba =
        "# comment\nlocal all all trust\nhost all all 127.0.0.1/32 trust\nhost shop app 172.18.0.0/16 reject\n"
        "host all all all scram-sha-256\n";
    EXPECT_EQ(rule_for(hba, "a", "d", "").method, "trust");
    EXPECT_EQ(rule_for(hba, "a", "d", "127.0.0.1").line, 3);
    EXPECT_EQ(rule_for(hba, "app", "shop", "172.18.0.3").method, "reject");
    EXPECT_EQ(rule_for(hba, "app", "other", "172.18.0.3").method, "scram-sha-256");
    EXPECT_EQ(rule_for("local all all trust\n", "a", "d", "10.0.0.1").method, "");
}

}  // namespace
}  // namespace cutaway::model::pg
