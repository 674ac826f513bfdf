// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include <EGL/egl.h>
#include <EGL/eglext.h>

#include "viz/shell/surface.h"
#define GL_GLEXT_PROTOTYPES 1
#include <backends/imgui_impl_opengl3.h>

#include <GL/gl.h>
#include <GL/glext.h>
#include <imgui.h>

#include "viz/shell/fonts.h"
#include "viz/shell/imgui_versions.h"

namespace cutaway::shell {

struct Offscreen::Parts {
    EGLDisplay display = EGL_NO_DISPLAY;
    EGLContext context = EGL_NO_CONTEXT;
    ImGuiContext* imgui = nullptr;
    bool renderer = false;
    theme::Fonts fonts;
    int width = 0;
    int height = 0;
    GLuint frame = 0;
    GLuint colour = 0;

    ~Parts() {
        if (imgui != nullptr) {
            ImGui::SetCurrentContext(imgui);
            if (renderer) {
                ImGui_ImplOpenGL3_Shutdown();
            }
            ImGui::DestroyContext(imgui);
        }
        if (context != EGL_NO_CONTEXT) {
            eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
            eglDestroyContext(display, context);
        }
        if (display != EGL_NO_DISPLAY) {
            eglTerminate(display);
        }
    }
};

namespace {

constexpr const char* remedy = " (install libegl1, libopengl0, libgl1 and libgl1-mesa-dri; software drawing is enough)";

Error no_surface(const std::string& what) {
    return fail(Errc::unsupported, "draw without a display: " + what + remedy);
}

Result<EGLDisplay> open_display() {
    const char* extensions = eglQueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS);
    if (extensions == nullptr || std::strstr(extensions, "EGL_MESA_platform_surfaceless") == nullptr) {
        return no_surface("this EGL has no surfaceless platform");
    }
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): EGL hands out every function as the same type
    const auto get = reinterpret_cast<PFNEGLGETPLATFORMDISPLAYEXTPROC>(eglGetProcAddress("eglGetPlatformDisplayEXT"));
    if (get == nullptr) {
        return no_surface("this EGL cannot choose a platform");
    }
    const EGLDisplay display = get(EGL_PLATFORM_SURFACELESS_MESA, nullptr, nullptr);
    if (display == EGL_NO_DISPLAY || eglInitialize(display, nullptr, nullptr) == EGL_FALSE) {
        return no_surface("EGL does not start");
    }
    return display;
}

Result<EGLContext> open_context(EGLDisplay display) {
    const EGLint wanted[] = {EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_SURFACE_TYPE, 0, EGL_NONE};
    EGLConfig config = nullptr;
    EGLint count = 0;
    eglBindAPI(EGL_OPENGL_API);
    if (eglChooseConfig(display, wanted, &config, 1, &count) == EGL_FALSE || count == 0) {
        return no_surface("EGL has no configuration for OpenGL");
    }
    const EGLint version[] = {
        EGL_CONTEXT_MAJOR_VERSION,           3,       EGL_CONTEXT_MINOR_VERSION, 2, EGL_CONTEXT_OPENGL_PROFILE_MASK,
        EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT, EGL_NONE};
    const EGLContext context = eglCreateContext(display, config, EGL_NO_CONTEXT, version);
    if (context == EGL_NO_CONTEXT || eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, context) == EGL_FALSE) {
        return no_surface("there is no OpenGL 3.2");
    }
    return context;
}

}  // namespace

Offscreen::Offscreen(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Offscreen::~Offscreen() = default;

Result<std::unique_ptr<Offscreen>> Offscreen::create(int width, int height, float scale) {
    auto parts = std::make_unique<Parts>();
    parts->display = TRY(open_display());
    parts->context = TRY(open_context(parts->display));
    parts->imgui = ImGui::CreateContext();
    ImGui::GetIO().IniFilename = nullptr;
    if (!ImGui_ImplOpenGL3_Init("#version 150")) {
        return no_surface("OpenGL does not start");
    }
    parts->renderer = true;
    std::unique_ptr<Offscreen> surface(new Offscreen(std::move(parts)));
    TRY(surface->resize(width, height));
    surface->set_scale(scale);
    return surface;
}

Status Offscreen::resize(int width, int height) {
    if (parts_->frame == 0) {
        glGenFramebuffers(1, &parts_->frame);
        glGenRenderbuffers(1, &parts_->colour);
    }
    glBindRenderbuffer(GL_RENDERBUFFER, parts_->colour);
    glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8, width, height);
    glBindFramebuffer(GL_FRAMEBUFFER, parts_->frame);
    glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, parts_->colour);
    if (glCheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE) {
        return fail(Errc::unsupported, "draw without a display: no picture of " + std::to_string(width) + "x" +
                                           std::to_string(height) + " pixels");
    }
    parts_->width = width;
    parts_->height = height;
    return {};
}

void Offscreen::set_scale(float scale) {
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    parts_->fonts = load_fonts(scale);
    ImGui_ImplOpenGL3_CreateFontsTexture();
}

void Offscreen::build(const Pointer& pointer, const Draw& draw) {
    ImGuiIO& io = ImGui::GetIO();
    io.DisplaySize = ImVec2(static_cast<float>(parts_->width), static_cast<float>(parts_->height));
    io.DeltaTime = 1.0F / 60.0F;
    feed_mouse(pointer.x, pointer.y, pointer.down);
    if (pointer.wheel != 0) {
        feed_wheel(pointer.wheel);
    }
    ImGui_ImplOpenGL3_NewFrame();
    ImGui::NewFrame();
    draw(parts_->fonts, io.DisplaySize.x, io.DisplaySize.y);
    ImGui::Render();
}

void Offscreen::frame(const Pointer& pointer, theme::Colour ground, const Draw& draw) {
    build(pointer, draw);
    glBindFramebuffer(GL_FRAMEBUFFER, parts_->frame);
    glViewport(0, 0, parts_->width, parts_->height);
    glClearColor(static_cast<float>(ground.r) / 255.0F, static_cast<float>(ground.g) / 255.0F,
                 static_cast<float>(ground.b) / 255.0F, 1.0F);
    glClear(GL_COLOR_BUFFER_BIT);
    ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
}

void Offscreen::type(const std::string& text) { ImGui::GetIO().AddInputCharactersUTF8(text.c_str()); }

void Offscreen::strike(Key key, bool down) {
    switch (key) {
        case Key::enter: feed_key(ImGuiKey_Enter, down); break;
        case Key::tab: feed_key(ImGuiKey_Tab, down); break;
        case Key::up: feed_key(ImGuiKey_UpArrow, down); break;
        case Key::down: feed_key(ImGuiKey_DownArrow, down); break;
        case Key::escape: feed_key(ImGuiKey_Escape, down); break;
        default: break;
    }
}

Pixels Offscreen::read() {
    Pixels pixels;
    pixels.width = parts_->width;
    pixels.height = parts_->height;
    const auto row = static_cast<std::size_t>(pixels.width) * 3;
    std::vector<std::uint8_t> upside_down(row * static_cast<std::size_t>(pixels.height));
    pixels.rgb.resize(upside_down.size());
    glPixelStorei(GL_PACK_ALIGNMENT, 1);
    glReadPixels(0, 0, pixels.width, pixels.height, GL_RGB, GL_UNSIGNED_BYTE, upside_down.data());
    for (std::size_t y = 0; y < static_cast<std::size_t>(pixels.height); ++y) {
        std::memcpy(&pixels.rgb[y * row], &upside_down[upside_down.size() - (y + 1) * row], row);
    }
    return pixels;
}

}  // namespace cutaway::shell
