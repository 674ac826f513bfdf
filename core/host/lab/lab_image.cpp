// SPDX-License-Identifier: Apache-2.0
#include "core/host/lab/lab_image.h"

asm(".pushsection .rodata.cutaway_lab, \"a\"\n"
    ".balign 16\n"
    ".hidden cutaway_lab_begin\n"
    ".hidden cutaway_lab_end\n"
    ".globl cutaway_lab_begin\n"
    ".globl cutaway_lab_end\n"
    "cutaway_lab_begin:\n"
    ".incbin \"" CUTAWAY_LAB_PACK
    "\"\n"
    "cutaway_lab_end:\n"
    ".byte 0\n"
    ".popsection\n");
extern "C" {
extern const char cutaway_lab_begin;  // NOLINT(readability-identifier-naming)
extern const char cutaway_lab_end;
}

namespace cutaway::host {

std::string_view lab_image_pack() {
    return {&cutaway_lab_begin, static_cast<std::size_t>(&cutaway_lab_end - &cutaway_lab_begin)};
}

std::string_view lab_image_platform() { return CUTAWAY_LAB_PLATFORM; }

}  // namespace cutaway::host
