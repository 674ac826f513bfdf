# SPDX-License-Identifier: Apache-2.0
# lab_image: the program lab-hello as a true image (docker.io/lab/hello), packed by the build and embedded, so that the
# real world has something to run without a network. Included by core/CMakeLists.txt, behind the room `layer`.
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
configure_file(${CMAKE_CURRENT_LIST_DIR}/lab-hello.json.in ${lab_folder}/images/lab-hello.json @ONLY)
set(lab_pack ${lab_folder}/lab.pack)
add_custom_command(
    OUTPUT ${lab_pack}
    COMMAND ${CMAKE_COMMAND} -E copy $<TARGET_FILE:lab-hello> ${lab_folder}/lab-hello
    COMMAND make_images ${lab_pack} ${lab_folder} lab-hello
    DEPENDS make_images lab-hello ${lab_folder}/images/lab-hello.json
    VERBATIM)
add_library(lab_image STATIC ${CMAKE_CURRENT_LIST_DIR}/lab_image.cpp)
target_link_libraries(lab_image PUBLIC cutaway_options)
target_compile_definitions(lab_image PRIVATE CUTAWAY_LAB_PACK="${lab_pack}")
set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/lab_image.cpp PROPERTIES OBJECT_DEPENDS ${lab_pack})
