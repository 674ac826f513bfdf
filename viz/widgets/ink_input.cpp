// SPDX-License-Identifier: Apache-2.0
// The lines of Ink that are typed into.
#include <utility>

#include <imgui.h>

#include "viz/widgets/ink.h"

namespace cutaway::widgets {

namespace {

ImU32 packed(theme::Colour colour) { return IM_COL32(colour.r, colour.g, colour.b, colour.a); }

}  // namespace

namespace {

int recall(ImGuiInputTextCallbackData* data) {
    auto& history = *static_cast<Ink::History*>(data->UserData);
    if (data->EventFlag == ImGuiInputTextFlags_CallbackCompletion) {
        if (!history.completed.empty()) {
            data->DeleteChars(0, data->BufTextLen);
            data->InsertChars(0, history.completed.data(), history.completed.data() + history.completed.size());
        }
        return 0;
    }
    const bool up = data->EventKey == ImGuiKey_UpArrow;
    const std::size_t count = history.typed.size();
    if (up && history.recalled < count) {
        ++history.recalled;
    } else if (!up && history.recalled > 0) {
        --history.recalled;
    }
    data->DeleteChars(0, data->BufTextLen);
    if (history.recalled > 0) {
        data->InsertChars(0, history.typed[count - history.recalled].c_str());
    }
    return 0;
}

}  // namespace

void Ink::begin_input(const char* id, Rect rect) {
    note_touchable(id, rect);
    const Point where = at(rect.x, rect.y + (rect.h - 22) / 2);
    ImGui::SetCursorScreenPos(ImVec2(where.x, where.y));
    ImGui::PushFont(fonts_.of[static_cast<std::size_t>(theme::Type::mono)]);
    ImGui::PushStyleColor(ImGuiCol_FrameBg, 0);
    ImGui::PushStyleColor(ImGuiCol_Text, packed(theme_.text));
    ImGui::PushItemWidth(std::max(rect.w * scale_, 1.0F));
}

void Ink::end_input() {
    ImGui::PopItemWidth();
    ImGui::PopStyleColor(2);
    ImGui::PopFont();
}

bool Ink::line_input(const char* id, Rect rect, std::span<char> text, History history) {
    if (asleep_) {
        this->text(rect, text.data(), {theme::Type::mono, theme_.muted});
        return false;
    }
    begin_input(id, rect);
    if (std::exchange(history.wants_focus, false)) {
        ImGui::SetKeyboardFocusHere();
    }
    const std::string label = "##" + std::string(id);
    constexpr auto flags = ImGuiInputTextFlags_EnterReturnsTrue | ImGuiInputTextFlags_CallbackHistory |
                           ImGuiInputTextFlags_CallbackCompletion;
    const bool entered = ImGui::InputText(label.c_str(), text.data(), text.size(), flags, recall, &history);
    history.wants_focus = entered;
    end_input();
    return entered;
}

namespace {

struct Felt {
    std::string_view completed;
    Ink::FieldNews& news;
};

int feel(ImGuiInputTextCallbackData* data) {
    auto& felt = *static_cast<Felt*>(data->UserData);
    if (data->EventFlag == ImGuiInputTextFlags_CallbackHistory) {
        felt.news.moved += data->EventKey == ImGuiKey_UpArrow ? -1 : 1;
    } else if (!felt.completed.empty()) {
        data->DeleteChars(0, data->BufTextLen);
        data->InsertChars(0, felt.completed.data(), felt.completed.data() + felt.completed.size());
        felt.news.changed = true;
    }
    return 0;
}

}  // namespace

Ink::FieldNews Ink::field(const char* id, Rect rect, const Field& what) {
    FieldNews news;
    if (asleep_) {
        text(rect, what.text.data(), {theme::Type::mono, theme_.muted});
        return news;
    }
    begin_input(id, rect);
    if (std::exchange(what.wants_focus, false)) {
        ImGui::SetKeyboardFocusHere();
    }
    Felt felt{what.completed, news};
    const std::string label = "##" + std::string(id);
    const std::string before = what.text.data();
    constexpr auto flags = ImGuiInputTextFlags_EnterReturnsTrue | ImGuiInputTextFlags_CallbackHistory |
                           ImGuiInputTextFlags_CallbackCompletion;
    news.entered = ImGui::InputText(label.c_str(), what.text.data(), what.text.size(), flags, feel, &felt);
    news.changed = news.changed || before != what.text.data();
    news.focused = ImGui::IsItemActive();
    end_input();
    return news;
}

}  // namespace cutaway::widgets
