# SPDX-License-Identifier: Apache-2.0
# lab_image: the programs lab-hello and lab-tools as true images (docker.io/lab/…), packed by the build and embedded, so
# that the real world has something to run without a network. Included by core/CMakeLists.txt, behind the room `layer`.
set(lab_folder ${PROJECT_BINARY_DIR}/lab)
set(lab_platforms "x86_64=amd64;aarch64=arm64/v8;riscv64=riscv64;ppc64le=ppc64le;s390x=s390x;i686=386;armv7l=arm/v7")
set(CUTAWAY_LAB_PLATFORM ${CMAKE_SYSTEM_PROCESSOR})
foreach(pair ${lab_platforms})
    string(REPLACE "=" ";" words ${pair})
    list(GET words 0 processor)
    if(processor STREQUAL CMAKE_SYSTEM_PROCESSOR)
        list(GET words 1 CUTAWAY_LAB_PLATFORM)
    endif()
endforeach()
set(lab_names lab-base)
configure_file(${CMAKE_CURRENT_LIST_DIR}/images/lab-base.json ${lab_folder}/images/lab-base.json COPYONLY)
foreach(name hello web)
    list(APPEND lab_names lab-${name})
    configure_file(${CMAKE_CURRENT_LIST_DIR}/images/lab-${name}.json.in ${lab_folder}/images/lab-${name}.json @ONLY)
endforeach()
foreach(words tools:sh cpu-spin:cpu-spin dns-tools:nslookup:localhost memhog:memhog trap-term:trap-term
              zombie-maker:zombie-maker)
    string(REPLACE ":" ";" words ${words})
    list(POP_FRONT words LAB_NAME)
    list(JOIN words "\", \"" LAB_COMMAND)
    set(LAB_COMMAND "\"${LAB_COMMAND}\"")
    string(REPLACE "\"" "\\\"" LAB_COMMAND_TEXT "${LAB_COMMAND}")
    list(APPEND lab_names lab-${LAB_NAME})
    configure_file(${CMAKE_CURRENT_LIST_DIR}/images/lab-applet.json.in ${lab_folder}/images/lab-${LAB_NAME}.json @ONLY)
endforeach()
list(TRANSFORM lab_names REPLACE "(.+)" "${lab_folder}/images/\\1.json" OUTPUT_VARIABLE lab_sources)
set(lab_pack ${lab_folder}/lab.pack)
add_custom_command(
    OUTPUT ${lab_pack}
    COMMAND ${CMAKE_COMMAND} -E copy $<TARGET_FILE:lab-hello> $<TARGET_FILE:lab-tools> ${lab_folder}
    COMMAND make_images ${lab_pack} ${lab_folder} ${lab_names}
    DEPENDS make_images lab-hello lab-tools ${lab_sources}
    VERBATIM)
add_library(lab_image STATIC ${CMAKE_CURRENT_LIST_DIR}/lab_image.cpp)
target_link_libraries(lab_image PUBLIC cutaway_options)
target_compile_definitions(lab_image PRIVATE CUTAWAY_LAB_PACK="${lab_pack}" CUTAWAY_LAB_PLATFORM="${CUTAWAY_LAB_PLATFORM}")
set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/lab_image.cpp PROPERTIES OBJECT_DEPENDS ${lab_pack})
