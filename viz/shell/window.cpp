// SPDX-License-Identifier: Apache-2.0
#include "viz/shell/window.h"

#define GLFW_INCLUDE_NONE
#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_opengl3.h>

#include <GL/gl.h>
#include <GLFW/glfw3.h>
#include <imgui.h>

#include "viz/shell/fonts.h"

namespace cutaway::shell {

struct Window::Parts {
    GLFWwindow* window = nullptr;
    ImGuiContext* imgui = nullptr;
    bool platform = false;
    bool renderer = false;
    theme::Fonts fonts;
    std::vector<Stroke> strokes;
    std::vector<std::string> dropped;
    bool stirred = true;
    bool holds_arrows = false;
    bool holds_all = false;

    ~Parts() {
        if (renderer) {
            ImGui_ImplOpenGL3_Shutdown();
        }
        if (platform) {
            ImGui_ImplGlfw_Shutdown();
        }
        if (imgui != nullptr) {
            ImGui::DestroyContext(imgui);
        }
        if (window != nullptr) {
            glfwDestroyWindow(window);
        }
        glfwTerminate();
    }
};

namespace {

struct KeyName {
    int code;
    Key key;
};
constexpr std::array<KeyName, 25> names{{{GLFW_KEY_LEFT, Key::left},
                                         {GLFW_KEY_RIGHT, Key::right},
                                         {GLFW_KEY_UP, Key::up},
                                         {GLFW_KEY_DOWN, Key::down},
                                         {GLFW_KEY_HOME, Key::home},
                                         {GLFW_KEY_END, Key::end},
                                         {GLFW_KEY_PAGE_UP, Key::page_up},
                                         {GLFW_KEY_PAGE_DOWN, Key::page_down},
                                         {GLFW_KEY_SPACE, Key::space},
                                         {GLFW_KEY_ENTER, Key::enter},
                                         {GLFW_KEY_ESCAPE, Key::escape},
                                         {GLFW_KEY_TAB, Key::tab},
                                         {GLFW_KEY_EQUAL, Key::plus},
                                         {GLFW_KEY_KP_ADD, Key::plus},
                                         {GLFW_KEY_MINUS, Key::minus},
                                         {GLFW_KEY_KP_SUBTRACT, Key::minus},
                                         {GLFW_KEY_0, Key::zero},
                                         {GLFW_KEY_SLASH, Key::question},
                                         {GLFW_KEY_KP_ENTER, Key::enter},
                                         {GLFW_KEY_F3, Key::f3},
                                         {GLFW_KEY_F5, Key::f5},
                                         {GLFW_KEY_F9, Key::f9},
                                         {GLFW_KEY_BACKSPACE, Key::backspace},
                                         {GLFW_KEY_INSERT, Key::insert},
                                         {GLFW_KEY_DELETE, Key::del}}};

void note_stroke(std::vector<Stroke>& strokes, int code, int modifiers) {
    Stroke stroke;
    stroke.shift = (modifiers & GLFW_MOD_SHIFT) != 0;
    stroke.control = (modifiers & GLFW_MOD_CONTROL) != 0;
    stroke.alt = (modifiers & GLFW_MOD_ALT) != 0;
    if (code >= GLFW_KEY_A && code <= GLFW_KEY_Z) {
        stroke.letter = static_cast<char>('a' + (code - GLFW_KEY_A));
        strokes.push_back(stroke);
        return;
    }
    const int first = code >= GLFW_KEY_KP_1 ? GLFW_KEY_KP_1 : GLFW_KEY_1;
    if (code == GLFW_KEY_PERIOD || (code >= first && code < first + 9)) {
        stroke.letter = code == GLFW_KEY_PERIOD ? '.' : static_cast<char>('1' + (code - first));
        strokes.push_back(stroke);
        return;
    }
    for (const KeyName& name : names) {
        if (name.code == code) {
            stroke.key = name.key;
            strokes.push_back(stroke);
            return;
        }
    }
}

// Of a key that makes a character the character counts, which comes by itself.
bool makes_character(int code) { return code >= GLFW_KEY_SPACE && code < GLFW_KEY_ESCAPE; }

void note_held(std::vector<Stroke>& strokes, int code, int action, int modifiers) {
    if (action != GLFW_RELEASE && ((modifiers & GLFW_MOD_CONTROL) != 0 || !makes_character(code))) {
        note_stroke(strokes, code, modifiers);
    }
}

// Whether it is nobody else's.
bool note_character(std::vector<Stroke>& strokes, unsigned character, bool held) {
    Stroke stroke;
    if (held) {
        stroke.character = static_cast<char32_t>(character);
        strokes.push_back(stroke);
    } else if (character == ':' || character == '[' || character == ']') {
        stroke.letter = static_cast<char>(character);
        strokes.push_back(stroke);
    }
    return held;
}

// Keys that step and turn pages must not move ImGui's focus or press what has it as well.
bool is_ours(int code, bool holds_arrows) {
    switch (code) {
        case GLFW_KEY_LEFT:
        case GLFW_KEY_RIGHT:
        case GLFW_KEY_HOME:
        case GLFW_KEY_END:
        case GLFW_KEY_PAGE_UP:
        case GLFW_KEY_PAGE_DOWN:
        case GLFW_KEY_SPACE: return true;
        case GLFW_KEY_UP:
        case GLFW_KEY_DOWN: return holds_arrows;
        default: return false;
    }
}

constexpr const char* remedy =
    " (is there a display? without one, `cutaway-window --shots DIR` draws into files and `cutaway run --step nginx` "
    "steps in the terminal)";

}  // namespace

Window::Window(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Window::~Window() = default;

Result<std::unique_ptr<Window>> Window::create(int width, int height, float scale) {
    auto parts = std::make_unique<Parts>();
    if (glfwInit() == GLFW_FALSE) {
        return fail(Errc::unsupported, std::string("open a window: no display answers") + remedy);
    }
    glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
    glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 2);
    glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
    parts->window = glfwCreateWindow(width, height, "Cutaway", nullptr, nullptr);
    if (parts->window == nullptr) {
        return fail(Errc::unsupported, std::string("open a window: there is no OpenGL 3.2") + remedy);
    }
    glfwMakeContextCurrent(parts->window);
    glfwSwapInterval(1);
    glfwSetWindowUserPointer(parts->window, parts.get());
    parts->imgui = ImGui::CreateContext();
    ImGui::GetIO().IniFilename = nullptr;
    ImGui::GetIO().ConfigInputTextCursorBlink = false;  // a window that rests draws nothing
    ImGui::GetIO().ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
    parts->platform = ImGui_ImplGlfw_InitForOpenGL(parts->window, true);
    // Instead of ImGui's, which gets what is not ours. In the list Enter opens a lesson and presses nothing.
    glfwSetKeyCallback(parts->window, [](GLFWwindow* where, int code, int scancode, int action, int modifiers) {
        auto& all = *static_cast<Parts*>(glfwGetWindowUserPointer(where));
        const bool types = ImGui::GetIO().WantTextInput;
        if (all.holds_all) {
            note_held(all.strokes, code, action, modifiers);
            return;
        }
        if (action != GLFW_RELEASE) {
            note_stroke(all.strokes, code, modifiers);
        }
        if (types || action == GLFW_RELEASE || !is_ours(code, all.holds_arrows)) {
            ImGui_ImplGlfw_KeyCallback(where, code, scancode, action, modifiers);
        }
        const bool enter = code == GLFW_KEY_ENTER || code == GLFW_KEY_KP_ENTER;
        if (enter && !types && !all.holds_arrows) {  // presses what has the focus, as Space does elsewhere
            ImGui_ImplGlfw_KeyCallback(where, GLFW_KEY_SPACE, scancode, action, modifiers);
        }
    });
    glfwSetDropCallback(parts->window, [](GLFWwindow* where, int count, const char** paths) {
        auto& all = *static_cast<Parts*>(glfwGetWindowUserPointer(where));
        all.dropped.insert(all.dropped.end(), paths, paths + count);
    });
    // Where these are differs from keyboard to keyboard: what is meant is the character.
    glfwSetCharCallback(parts->window, [](GLFWwindow* where, unsigned character) {
        auto& all = *static_cast<Parts*>(glfwGetWindowUserPointer(where));
        if (note_character(all.strokes, character, all.holds_all)) {
            return;
        }
        ImGui_ImplGlfw_CharCallback(where, character);
    });
    parts->renderer = ImGui_ImplOpenGL3_Init("#version 150");
    std::unique_ptr<Window> window(new Window(std::move(parts)));
    window->set_scale(scale);
    return window;
}

bool Window::open() const { return glfwWindowShouldClose(parts_->window) == GLFW_FALSE; }

std::vector<Stroke> Window::wait(double seconds) {
    if (seconds > 0) {
        const double begin = glfwGetTime();
        glfwWaitEventsTimeout(seconds);
        parts_->stirred = glfwGetTime() - begin < seconds * 0.95;
    } else {
        parts_->stirred = true;
        glfwPollEvents();
    }
    return std::exchange(parts_->strokes, {});
}

bool Window::stirred() const { return parts_->stirred; }

void Window::hold_keys(bool arrows, bool all) {
    parts_->holds_arrows = arrows;
    parts_->holds_all = all;
}

std::vector<std::string> Window::dropped() { return std::exchange(parts_->dropped, {}); }

void Window::set_scale(float scale) {
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    parts_->fonts = load_fonts(scale);
    ImGui_ImplOpenGL3_CreateFontsTexture();
}

void Window::frame(theme::Colour ground, const Draw& draw) {
    ImGui_ImplOpenGL3_NewFrame();
    ImGui_ImplGlfw_NewFrame();
    ImGui::NewFrame();
    draw(parts_->fonts, ImGui::GetIO().DisplaySize.x, ImGui::GetIO().DisplaySize.y);
    ImGui::Render();
    int width = 0;
    int height = 0;
    glfwGetFramebufferSize(parts_->window, &width, &height);
    glViewport(0, 0, width, height);
    glClearColor(static_cast<float>(ground.r) / 255.0F, static_cast<float>(ground.g) / 255.0F,
                 static_cast<float>(ground.b) / 255.0F, 1.0F);
    glClear(GL_COLOR_BUFFER_BIT);
    ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
    glfwSwapBuffers(parts_->window);
}

void Window::wake() { glfwPostEmptyEvent(); }

}  // namespace cutaway::shell
