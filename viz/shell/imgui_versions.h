// SPDX-License-Identifier: Apache-2.0
// What differs between ImGui 1.86 (Debian 12) and 1.90 (Ubuntu 24.04, Debian 13), and nothing else. Keys are the
// shell's own (keys.h), so the change of key codes in 1.87 does not reach us.
#pragma once

#include <imgui.h>

namespace cutaway::shell {

inline void feed_mouse(float x, float y, bool down) {
    ImGuiIO& io = ImGui::GetIO();
#if IMGUI_VERSION_NUM >= 18700
    io.AddMousePosEvent(x, y);
    io.AddMouseButtonEvent(0, down);
#else
    io.MousePos = ImVec2(x, y);
    io.MouseDown[0] = down;
#endif
}

inline void feed_wheel(float steps) {
    ImGuiIO& io = ImGui::GetIO();
#if IMGUI_VERSION_NUM >= 18700
    io.AddMouseWheelEvent(0.0F, steps);
#else
    io.MouseWheel += steps;
#endif
}

inline void feed_key(ImGuiKey key, bool down) {
    ImGuiIO& io = ImGui::GetIO();
#if IMGUI_VERSION_NUM >= 18700
    io.AddKeyEvent(key, down);
#else
    io.KeyMap[key] = key;
    io.KeysDown[key] = down;
#endif
}

}  // namespace cutaway::shell
