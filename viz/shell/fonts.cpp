// SPDX-License-Identifier: Apache-2.0
#include "viz/shell/fonts.h"

#include <cmath>
#include <cstdio>
#include <span>

#include <imgui.h>

namespace cutaway::shell {

namespace {

constexpr std::array<const char*, 4> text_fonts{
    "/usr/share/fonts/opentype/inter/Inter-Regular.otf", "/usr/share/fonts/truetype/inter/Inter-Regular.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "/usr/share/fonts/dejavu/DejaVuSans.ttf"};
constexpr std::array<const char*, 4> strong_fonts{
    "/usr/share/fonts/opentype/inter/Inter-SemiBold.otf", "/usr/share/fonts/truetype/inter/Inter-SemiBold.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf", "/usr/share/fonts/dejavu/DejaVuSans-Bold.ttf"};
constexpr std::array<const char*, 3> mono_fonts{"/usr/share/fonts/truetype/jetbrains-mono/JetBrainsMono-Regular.ttf",
                                                "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
                                                "/usr/share/fonts/dejavu/DejaVuSansMono.ttf"};

// Latin, punctuation that we write, arrows, box drawing and a few marks.
constexpr std::array<ImWchar, 19> ranges{0x20,   0x7E,   0xA0,   0xFF,   0x2010, 0x2026, 0x2190, 0x2194, 0x21C4, 0x21C4,
                                         0x2264, 0x2265, 0x2500, 0x257F, 0x2588, 0x2588, 0x2713, 0x2717, 0};

const char* first_there(std::span<const char* const> paths) {
    for (const char* path : paths) {
        if (std::FILE* file = std::fopen(path, "rb"); file != nullptr) {
            (void)std::fclose(file);
            return path;
        }
    }
    return nullptr;
}

ImFont* add(std::span<const char* const> paths, float pixels) {
    ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
    ImFontConfig config;
    config.OversampleH = pixels > 28 ? 1 : 2;
    config.OversampleV = 1;
    config.PixelSnapH = true;
    const char* path = first_there(paths);
    if (path == nullptr) {
        config.SizePixels = pixels;
        return atlas.AddFontDefault(&config);
    }
    return atlas.AddFontFromFileTTF(path, pixels, &config, ranges.data());
}

}  // namespace

theme::Fonts load_fonts(float scale) {
    using theme::Type;
    ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
    atlas.Clear();
    atlas.Flags |= ImFontAtlasFlags_NoPowerOfTwoHeight | ImFontAtlasFlags_NoMouseCursors;
    atlas.TexDesiredWidth = scale > 1.3F ? 2048 : 1024;
    theme::Fonts fonts;
    fonts.scale = scale;
    // ImGui sizes a font by ascent and descent together, designers by the em: 1.21 and 1.32 em for these two.
    const auto pixels = [scale](Type type) {
        const float line = type == Type::mono || type == Type::code ? 1.32F : 1.21F;
        return std::round(theme::size_of(type) * line * scale);
    };
    fonts.of[static_cast<std::size_t>(Type::body)] = add(text_fonts, pixels(Type::body));
    fonts.of[static_cast<std::size_t>(Type::title)] = add(strong_fonts, pixels(Type::title));
    fonts.of[static_cast<std::size_t>(Type::narration)] = add(strong_fonts, pixels(Type::narration));
    fonts.of[static_cast<std::size_t>(Type::mono)] = add(mono_fonts, pixels(Type::mono));
    fonts.of[static_cast<std::size_t>(Type::label)] = add(text_fonts, pixels(Type::label));
    fonts.of[static_cast<std::size_t>(Type::reading)] = add(text_fonts, pixels(Type::reading));
    fonts.of[static_cast<std::size_t>(Type::code)] = add(mono_fonts, pixels(Type::code));
    atlas.Build();
    return fonts;
}

}  // namespace cutaway::shell
