// SPDX-License-Identifier: Apache-2.0
// The composition root of `cutaway-window`.
#include <cstdio>

#include <imgui.h>

#include "viz/recording/png.h"
#include "viz/shell/surface.h"
#include "viz/shell/window.h"
#include "viz/widgets/ink.h"

int main(int argc, char** argv) {
    const auto& theme = cutaway::theme::theme_of(cutaway::theme::Profile::dark);
    auto surface = cutaway::shell::Offscreen::create(1280, 720, 1.0F);
    if (!surface) {
        std::fprintf(stderr, "%s\n", surface.error().doing.c_str());
        return 1;
    }
    for (int i = 0; i < 2; ++i) {
        (*surface)->frame({}, theme.background, [&](const cutaway::theme::Fonts& fonts, float w, float h) {
            ImGui::SetNextWindowPos(ImVec2(0, 0));
            ImGui::SetNextWindowSize(ImVec2(w, h));
            ImGui::Begin("x", nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoBackground);
            cutaway::widgets::Ink ink(theme, fonts);
            ink.text({20, 20, 600, 40}, "Cutaway — namespaces matrix → 4026531841 • check",
                     {cutaway::theme::Type::title, theme.text});
            ink.text({20, 60, 600, 40}, "mount(type: overlay, lowerdir=…)", {cutaway::theme::Type::mono, theme.next});
            ink.wrapped({20, 100, 300, 0},
                        "Each layer is a directory; the overlay joins them under one writable layer.",
                        {cutaway::theme::Type::body, theme.text});
            ImGui::End();
        });
    }
    return cutaway::recording::write_png(argc > 1 ? argv[1] : "x.png", (*surface)->read()) ? 0 : 1;
}
