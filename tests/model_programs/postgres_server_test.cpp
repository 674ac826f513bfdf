// SPDX-License-Identifier: Apache-2.0
// The simulated PostgreSQL as processes: the image's entrypoint prepares a data directory, a server serves, clients ask
// over its socket and over the network, and what they wrote is there for the next server. With `reload` every process
// is saved and loaded between any two steps.
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/model_programs/fake_sys.h"

namespace cutaway::model {
namespace {

std::string slurp(const std::string& path) {
    std::ifstream in(path);
    std::ostringstream all;
    all << in.rdbuf();
    return all.str();
}

// The numbers of processes and the time are not looked at.
std::string without_stamps(const std::string& text) {
    std::istringstream in(text);
    std::string out;
    for (std::string line; std::getline(in, line);) {
        const std::size_t end = line.find("] ");
        const std::size_t year = line.find("2023-11-");
        if (year != std::string::npos && end != std::string::npos && line.find(" UTC [") < end) {
            line = line.substr(0, year) + line.substr(end + 2);
        }
        if (const std::size_t at = line.find("shut down at "); at != std::string::npos) {
            line.resize(at + 12);
        }
        if (const std::size_t from = line.find("(PID "); from != std::string::npos) {
            line.erase(from, line.find(')', from) + 2 - from);
        }
        out += line + "\n";
    }
    return out;
}

// All processes of this machine have one standard error: the server's lines are not psql's.
std::string without_log(const std::string& text) {
    std::istringstream in(text);
    std::string out;
    for (std::string line; std::getline(in, line);) {
        out += line.find(" UTC [") == std::string::npos ? line + "\n" : "";
    }
    return out;
}

class Server : public testing::TestWithParam<bool> {
protected:
    Server() { prepare(machine); }

    void prepare(FakeMachine& fresh) const {
        fresh.reload = GetParam();
        fresh.file("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\npostgres:x:999:999::/var/lib/postgresql:/bin/bash\n");
        fresh.file("/usr/share/postgresql/release",
                   "16.4 (Debian 16.4-1.pgdg120+2)\ncompiled by gcc (Debian 12.2.0-14) 12.2.0, 64-bit\n");
        fresh.file("/usr/share/postgresql/postgresql.conf.sample", "listen_addresses = '*'\n");
        fresh.file("/usr/local/bin/docker-entrypoint.sh", slurp("assets/programs/postgres/docker-entrypoint.sh"), 0755);
        for (const char* directory :
             {"/usr/bin/env", "/docker-entrypoint-initdb.d", "/var/run", "/var/lib/postgresql"}) {
            fresh.files[directory].info.type = world::FileType::directory;
        }
        fresh.file("/usr/bin/env", "#!cutaway-program env\n", 0755);
        fresh.file("/proc/self/mountinfo", "");
        for (const char* setting : {"PGDATA=/var/lib/postgresql/data", "PG_MAJOR=16"}) {
            fresh.env.emplace_back(setting);
        }
    }

    Pid start() {
        const Pid pid = machine.start({"/usr/local/bin/docker-entrypoint.sh", "postgres"});
        machine.settle(machine.now_ns + 10'000'000'000);
        return pid;
    }
    FakeMachine::Ended psql(std::vector<std::string> words, const std::string& input = "") {
        words.insert(words.begin(), "psql");
        return machine.run(words, input);
    }

    FakeMachine machine;
};

TEST_P(Server, refuses_to_begin_without_a_password) {
    const Pid pid = start();
    EXPECT_EQ(machine.code(pid), 1);
    EXPECT_EQ(machine.err().substr(0, 74),
              "Error: Database is uninitialized and superuser password is not specified.\n");
    EXPECT_EQ(machine.out(), "");
}

TEST_P(Server, is_prepared_by_its_entrypoint_and_says_so) {
    machine.env.insert(machine.env.end(), {"POSTGRES_PASSWORD=secret", "POSTGRES_USER=admin", "POSTGRES_DB=myapp"});
    const Pid pid = start();
    EXPECT_TRUE(machine.alive(pid));
    EXPECT_EQ(machine.out(),
              "The files belonging to this database system will be owned by user \"postgres\".\n"
              "This user must also own the server process.\n\n"
              "The database cluster will be initialized with locale \"en_US.utf8\".\n"
              "The default database encoding has accordingly been set to \"UTF8\".\n"
              "The default text search configuration will be set to \"english\".\n\n"
              "Data page checksums are disabled.\n\n"
              "fixing permissions on existing directory /var/lib/postgresql/data ... ok\n"
              "creating subdirectories ... ok\n"
              "selecting dynamic shared memory implementation ... posix\n"
              "selecting default max_connections ... 100\n"
              "selecting default shared_buffers ... 128MB\n"
              "selecting default time zone ... Etc/UTC\n"
              "creating configuration files ... ok\n"
              "running bootstrap script ... ok\n"
              "performing post-bootstrap initialization ... ok\n"
              "syncing data to disk ... ok\n\n\n"
              "Success. You can now start the database server using:\n\n"
              "    pg_ctl -D /var/lib/postgresql/data -l logfile start\n\n"
              "waiting for server to start.... done\nserver started\n"
              "CREATE DATABASE\n\n\n"
              "/usr/local/bin/docker-entrypoint.sh: ignoring /docker-entrypoint-initdb.d/*\n\n"
              "waiting for server to shut down.... done\nserver stopped\n\n"
              "PostgreSQL init process complete; ready for start up.\n\n");
    const std::string starting =
        "LOG:  starting PostgreSQL 16.4 (Debian 16.4-1.pgdg120+2) on x86_64-pc-linux-gnu, compiled by gcc (Debian "
        "12.2.0-14) 12.2.0, 64-bit\n";
    const std::string ready =
        "LOG:  listening on Unix socket \"/var/run/postgresql/.s.PGSQL.5432\"\nLOG:  database system was shut down at\n"
        "LOG:  database system is ready to accept connections\n";
    EXPECT_EQ(without_stamps(machine.err()),
              "initdb: warning: enabling \"trust\" authentication for local connections\n"
              "initdb: hint: You can change this by editing pg_hba.conf or using the option -A, or --auth-local and "
              "--auth-host, the next time you run initdb.\n" +
                  starting + ready +
                  "LOG:  received fast shutdown request\nLOG:  aborting any active transactions\n"
                  "LOG:  background worker \"logical replication launcher\" exited with exit code 1\n"
                  "LOG:  shutting down\nLOG:  database system is shut down\n" +
                  starting + "LOG:  listening on IPv4 address \"0.0.0.0\", port 5432\n" + ready);
    EXPECT_EQ(machine.read("/var/lib/postgresql/data/PG_VERSION"), "16\n");
    for (const auto& [name, file] : machine.files) {
        EXPECT_EQ(file.bytes.find("secret"), std::string::npos) << name;
    }
    std::string titles;
    for (const auto& [other, process] : machine.processes) {
        titles += process.title.starts_with("postgres: ") ? process.title.substr(10) + "\n" : "";
    }
    EXPECT_EQ(titles,
              "checkpointer\nbackground writer\nwalwriter\nautovacuum launcher\nlogical replication launcher\n");
}

TEST_P(Server, keeps_what_was_written_for_the_next_server) {
    machine.env.insert(machine.env.end(), {"POSTGRES_PASSWORD=secret", "POSTGRES_USER=admin", "POSTGRES_DB=myapp"});
    const Pid first = start();
    const auto made = psql({"-U", "admin", "-d", "myapp"},
                           "CREATE TABLE t (id int, name text);\nINSERT INTO t VALUES (1, 'one'),\n (2, 'two');\n");
    EXPECT_EQ(made.out, "CREATE TABLE\nINSERT 0 2\n");
    EXPECT_EQ(made.err, "");
    machine.kill(first, 2);
    machine.settle(machine.now_ns + 10'000'000'000);
    EXPECT_EQ(machine.code(first), 0);
    EXPECT_FALSE(machine.files.contains("/var/run/postgresql/.s.PGSQL.5432"));

    const Pid second = start();
    EXPECT_TRUE(machine.out().ends_with(
        "\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n"));
    EXPECT_EQ(psql({"-U", "admin", "myapp", "-tAc", "SELECT * FROM t ORDER BY id DESC"}).out, "2|two\n1|one\n");
    machine.kill(second, 9);
    for (auto& [pid, process] : machine.processes) {
        if (process.title.starts_with("postgres")) {
            machine.kill(pid, 9);  // as everything in a container goes with its first process
        }
    }
    std::erase_if(machine.processes, [](const auto& one) { return one.second.zombie; });
    start();
    EXPECT_NE(machine.err().find("LOG:  database system was not properly shut down; automatic recovery in progress\n"),
              std::string::npos);
    EXPECT_EQ(psql({"-U", "admin", "myapp", "-tAc", "SELECT count(*) FROM t"}).out, "2\n");
}

struct Asked {
    std::vector<std::string> words;
    std::string input;
    std::string out;
    std::string err;
    int code = 0;
};

TEST_P(Server, lets_in_whom_its_rules_let_in_and_answers_as_psql_shows_it) {
    machine.env.insert(machine.env.end(), {"POSTGRES_PASSWORD=secret", "POSTGRES_USER=admin", "POSTGRES_DB=myapp"});
    const std::string local =
        "psql: error: connection to server on socket \"/var/run/postgresql/.s.PGSQL.5432\" failed: ";
    const std::string remote = "psql: error: connection to server at \"db\" (172.17.0.2), port 5432 failed: ";
    EXPECT_EQ(psql({"-U", "admin"}).err,
              local +
                  "No such file or directory\n\tIs the server running locally and accepting connections on that "
                  "socket?\n");
    EXPECT_EQ(machine.run({"pg_isready"}).out, "/var/run/postgresql:5432 - no response\n");
    start();
    const Asked cases[] = {
        {{"-U", "admin", "-d", "myapp", "-c", "SELECT version();"},
         "",
         std::string(1 + 54, ' ') + "version" + std::string(54 + 1, ' ') + "\n" + std::string(117, '-') +
             "\n PostgreSQL 16.4 (Debian 16.4-1.pgdg120+2) on x86_64-pc-linux-gnu, compiled by gcc (Debian 12.2.0-14) "
             "12.2.0, 64-bit\n(1 row)\n\n",
         ""},
        {{}, "", "", local + "FATAL:  role \"root\" does not exist\n", 2},
        {{"-U", "admin"}, "", "", local + "FATAL:  database \"admin\" does not exist\n", 2},
        {{"-U", "admin", "-h", "db", "myapp", "-c", "SELECT 1"},
         "",
         "",
         remote + "fe_sendauth: no password supplied\n",
         2},
        {{"postgresql://admin:wrong@db/myapp", "-c", "SELECT 1"},
         "",
         "",
         remote + "FATAL:  password authentication failed for user \"admin\"\n",
         2},
        {{"postgresql://admin:secret@db:5432/myapp", "-At", "-c", "SELECT 1", "-c", "SELECT 2"}, "", "1\n2\n", ""},
        {{"-h", "nowhere", "-U", "admin"},
         "",
         "",
         "psql: error: could not translate host name \"nowhere\" to address: Name or service not known\n",
         2},
        {{"-U", "admin", "myapp", "-c", "SELECT nope"},
         "",
         "",
         "ERROR:  column \"nope\" does not exist\nLINE 1: SELECT nope\n               ^\n",
         1},
        {{"-U", "admin", "myapp"},
         "SELECT nope;\n\\conninfo\n\\c postgres\n\\echo here\n\\foo\n\\q\nSELECT 1;\n",
         "You are connected to database \"myapp\" as user \"admin\" via socket in \"/var/run/postgresql\" at port "
         "\"5432\".\nYou are now connected to database \"postgres\" as user \"admin\".\nhere\n",
         "ERROR:  column \"nope\" does not exist\nLINE 1: SELECT nope;\n               ^\ninvalid command \\foo\n"},
        {{"-U", "admin", "myapp", "-v", "ON_ERROR_STOP=1"},
         "SELECT 1/0;\n\\echo no\n",
         "",
         "ERROR:  division by zero\n",
         3},
        {{"-U", "admin", "myapp", "-q"},
         "BEGIN; CREATE TABLE t (id int);\nROLLBACK;\nSELECT * FROM t;\n",
         "",
         "ERROR:  relation \"t\" does not exist\nLINE 1: SELECT * FROM t;\n                      ^\n"},
        {{"-U", "admin", "myapp"},
         "BEGIN;\nSELECT 1/0;\nSELECT 1;\nCOMMIT;\n",
         "BEGIN\nROLLBACK\n",
         "ERROR:  division by zero\nERROR:  current transaction is aborted, commands ignored until end of transaction "
         "block\n"},
        {{"--frob"}, "", "", "psql: option --frob: not modelled\n", 127},
        {{"--version"}, "", "psql (PostgreSQL) 16.4 (Debian 16.4-1.pgdg120+2)\n", ""},
    };
    std::string logged;
    for (const Asked& one : cases) {
        const auto ended = psql(one.words, one.input);
        std::string line;
        for (const std::string& word : one.words) {
            line += word + " ";
        }
        EXPECT_EQ(ended.out, one.out) << line;
        EXPECT_EQ(without_log(ended.err), one.err) << line;
        logged += ended.err;
        EXPECT_EQ(ended.code, one.code) << line;
    }
    EXPECT_EQ(machine.run({"pg_isready", "-h", "db"}).out, "db:5432 - accepting connections\n");
    EXPECT_EQ(machine.run({"createdb", "-U", "admin", "shop"}).err, "");
    EXPECT_EQ(without_log(machine.run({"createdb", "-U", "admin", "shop"}).err),
              "createdb: error: database creation failed: ERROR:  database \"shop\" already exists\n");
    EXPECT_NE(logged.find("] FATAL:  password authentication failed for user \"admin\"\n"), std::string::npos);
    EXPECT_NE(logged.find("] STATEMENT:  SELECT nope\n"), std::string::npos);
}

TEST_P(Server, talks_on_a_terminal_with_prompts) {
    machine.env.insert(machine.env.end(), {"POSTGRES_PASSWORD=secret"});
    start();
    const std::string before = machine.out();
    const Pid pid = machine.start({"psql", "-U", "postgres", "-h", "db"}, "secret\nSELECT 1\n+ 1;\n\\q\n", true);
    machine.settle(machine.now_ns + 10'000'000'000);
    EXPECT_EQ(machine.code(pid), 0);
    EXPECT_EQ(machine.out().substr(before.size()),
              "Password for user postgres: \npsql (16.4 (Debian 16.4-1.pgdg120+2))\nType \"help\" for help.\n\n"
              "postgres=# postgres-#  ?column? \n----------\n        2\n(1 row)\n\npostgres=# ");
}

INSTANTIATE_TEST_SUITE_P(Plain, Server, testing::Values(false));
INSTANTIATE_TEST_SUITE_P(Reloaded, Server, testing::Values(true));

}  // namespace
}  // namespace cutaway::model
