// SPDX-License-Identifier: Apache-2.0
// Programs as a person at a terminal would start them, `cutaway --world real` above all, and a network that is the
// test's own: nothing here touches a link, an address or a rule of the machine's.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "core/host/fd.h"
#include "tests/host/machine.h"

namespace cutaway::host {

using Words = std::vector<std::string>;

struct Answer {
    int status = -1;
    std::string out;  // and what was said on standard error
};

enum class Stdio { pipes, terminal };

// One program, with a pipe for what is typed and one for what is said, or at a terminal; killed with this object.
class Process {
public:
    explicit Process(Words words, Stdio stdio = Stdio::pipes);
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process();
    void type(const std::string& line);
    bool says(const std::string& part);  // within a minute: a busy disk makes a start wait
    void resize(unsigned columns, unsigned rows) const;
    [[nodiscard]] const std::string& said() const { return text_; }
    [[nodiscard]] const Fd& keyboard() const { return typed_; }
    void kill_it() const;
    Answer finish();
    [[nodiscard]] pid_t pid() const { return pid_; }

private:
    void read_more();
    void start_at_terminal(const std::vector<char*>& argv);
    void start_with_pipes(const std::vector<char*>& argv);
    pid_t pid_ = -1;
    Fd typed_;
    Fd said_;
    std::string text_;
};

// `cutaway --world real --root FOLDER …`
Words real_words(const TempFolder& root, const Words& words);
Answer cutaway(const TempFolder& root, const Words& words);
Answer hello(const Words& words);  // lab/hello's program, here and uncontained

bool has(const std::string& text, const std::string& part);
std::string text_of(const std::string& path);
Words containers_in(const TempFolder& root);
// Nothing of it anywhere: no mount, cgroup or process, no folder of a container.
void expect_nothing_left(const TempFolder& root, const std::string& id);

// This thread in a network namespace of its own, until this goes. What it starts is in there too.
class OwnNetwork {
public:
    OwnNetwork();
    OwnNetwork(const OwnNetwork&) = delete;
    OwnNetwork& operator=(const OwnNetwork&) = delete;
    ~OwnNetwork();

private:
    Fd before_;
};

// A host with an address on a cable, and a second machine at its other end that knows no other way: 10.55.0.1 here,
// 10.55.0.2 there, where port 9000 is answered.
class Town {
public:
    Town();
    Town(const Town&) = delete;
    Town& operator=(const Town&) = delete;
    ~Town() = default;
    // On the second machine.
    void outside(const std::function<void()>& what);
    Answer fetch(const std::string& address, const std::string& port);
    Answer fetch_from_outside(const std::string& address, const std::string& port);

private:
    OwnNetwork own_;
    Fd here_;
    Fd there_;
    std::unique_ptr<Process> server_;
};

Words links();  // of this network namespace, sorted

}  // namespace cutaway::host
