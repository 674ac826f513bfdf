# SPDX-License-Identifier: Apache-2.0
# The programs of the embedded images: lab-hello alone, lab-tools under many names. Static, since the images hold no
# library; small, since every pull and copy of them is a lesson's time.
set(lab_shared ${CMAKE_CURRENT_LIST_DIR}/dial.cpp ${CMAKE_CURRENT_LIST_DIR}/probe.cpp ${CMAKE_CURRENT_LIST_DIR}/words.cpp)
add_executable(lab-hello ${CMAKE_CURRENT_LIST_DIR}/hello.cpp ${lab_shared})
set(lab_tools)
foreach(source files lessons network processes shell shell_text tools web)
    list(APPEND lab_tools ${CMAKE_CURRENT_LIST_DIR}/${source}.cpp)
endforeach()
add_executable(lab-tools ${lab_tools} ${lab_shared})
foreach(program lab-hello lab-tools)
    target_link_libraries(${program} PRIVATE cutaway_options)
    target_compile_options(${program} PRIVATE -Os -fno-exceptions -fno-rtti -ffunction-sections -fdata-sections
                                              -fno-sanitize=all)
    target_link_options(${program} PRIVATE -static -Wl,--gc-sections -s -fno-sanitize=all)
    set_target_properties(${program} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/core/cli)
endforeach()
