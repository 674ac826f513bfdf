// SPDX-License-Identifier: Apache-2.0
// A room on simulated machines in a folder of its own, which goes with it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "core/cli/command_line.h"
#include "viz/root/shots.h"

namespace cutaway {

class GuiRoom {
public:
    explicit GuiRoom(lesson::Catalog catalog = {}) {
        std::string name = (std::filesystem::temp_directory_path() / "cutaway-gui-XXXXXX").string();
        folder_ = ::mkdtemp(name.data()) == nullptr ? std::string() : name;
        const auto line = cli::read_command_line({"--root", folder_, "--clock", "advance:5s"}, "model");
        app::Lessons lessons{std::move(catalog), *line, [] {}};
        room_ =
            std::make_unique<app::Room>(std::move(lessons), [line = *line] { return app::Session::live(line, [] {}); });
    }
    ~GuiRoom() {
        room_.reset();
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    GuiRoom(const GuiRoom&) = delete;
    GuiRoom& operator=(const GuiRoom&) = delete;

    app::Room& free() {
        const Status opened = room_->open_free();
        EXPECT_TRUE(opened.has_value()) << (opened ? "" : opened.error().doing);
        return *room_;
    }
    app::Room& room() { return *room_; }
    [[nodiscard]] const std::string& folder() const { return folder_; }

private:
    std::string folder_;
    std::unique_ptr<app::Room> room_;
};

inline void check_labels(const root::Shot& shot) {
    for (const widgets::Label& label : shot.labels) {
        const bool inside = label.drawn.x >= label.box.x - 1 && label.drawn.right() <= label.box.right() + 1;
        EXPECT_TRUE(inside) << shot.name << ": \"" << label.text << "\" leaves its place";
    }
}

}  // namespace cutaway
