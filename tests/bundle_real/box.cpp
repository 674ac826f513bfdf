// SPDX-License-Identifier: Apache-2.0
#include "tests/bundle_real/box.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "core/oci/runtime_spec.h"

namespace cutaway::host {

namespace {

using Json = nlohmann::json;

std::string new_id() {
    static int count = 0;
    return "oci-test-" + std::to_string(::getpid()) + "-" + std::to_string(++count);
}

}  // namespace

Box::Box() : config(Json::parse(oci::default_runtime_spec())), id_(new_id()) {
    std::filesystem::create_directories(folder_.path("bundle/rootfs"));
    std::filesystem::copy_file(CUTAWAY_HELLO_PROGRAM, folder_.path("bundle/rootfs/hello"));
    std::filesystem::permissions(folder_.path("bundle/rootfs/hello"), std::filesystem::perms(0755));
    config["process"]["terminal"] = false;
    runs({"probe"});
}

Box::~Box() { oci({"delete", "--force", id_}); }

void Box::save() const { std::ofstream(folder_.path("bundle/config.json")) << config.dump(2); }

void Box::runs(const Words& args) {
    config["process"]["args"] = Json::array({"/hello"});
    for (const std::string& word : args) {
        config["process"]["args"].push_back(word);
    }
    save();
}

Words Box::words(const Words& command) const {
    Words all{CUTAWAY_PROGRAM,     "oci",          "--root", folder_.path("run"), "--log",
              folder_.path("log"), "--log-format", "json"};
    all.insert(all.end(), command.begin(), command.end());
    return all;
}

Answer Box::oci(const Words& command) const { return Process(words(command)).finish(); }

Answer Box::create() const {
    Words all{"/bin/sh", "-c", "exec \"$@\" >" + path("said") + " 2>&1 </dev/null", "sh"};
    const Words command = words({"create", "--bundle", bundle(), "--pid-file", path("pid"), id_});
    all.insert(all.end(), command.begin(), command.end());
    Answer answer = Process(all).finish();
    answer.out += said();
    return answer;
}

Json Box::state() const {
    const Answer answer = oci({"state", id_});
    return answer.status == 0 ? Json::parse(answer.out, nullptr, false) : Json();
}

bool Box::stands(const std::string& status) const {
    return eventually([&] { return state().value("status", "") == status; }, 5000);
}

void Box::expect_nothing_left() const {
    EXPECT_TRUE(eventually([&] { return traces_of(id_).empty(); }, 5000));
    EXPECT_EQ(traces_of(id_), Words{});
    EXPECT_FALSE(std::filesystem::exists(path("run/" + id_)));
}

}  // namespace cutaway::host
