// SPDX-License-Identifier: Apache-2.0
// The Picture of what a recorder has told so far.
#pragma once

#include "core/scene/evolve.h"
#include "core/trace/gate.h"

namespace cutaway::cli {

class Watcher final : public trace::Sink {
public:
    explicit Watcher(const trace::Header& header) : picture_(scene::first_picture(header)) {}
    void take(const trace::Event& event) override { scene::evolve(picture_, event); }
    [[nodiscard]] const scene::Picture& picture() const { return picture_; }

private:
    scene::Picture picture_;
};

}  // namespace cutaway::cli
