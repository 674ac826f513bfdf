# SPDX-License-Identifier: Apache-2.0
# The one program of the embedded image lab/hello.
add_executable(lab-hello ${CMAKE_CURRENT_LIST_DIR}/hello.cpp)
target_link_libraries(lab-hello PRIVATE cutaway_options)
target_compile_options(lab-hello PRIVATE -Os -fno-exceptions -fno-rtti -ffunction-sections -fdata-sections
                                         -fno-sanitize=all)
target_link_options(lab-hello PRIVATE -static -Wl,--gc-sections -s -fno-sanitize=all)
set_target_properties(lab-hello PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/core/cli OUTPUT_NAME lab-hello)
