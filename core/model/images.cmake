# SPDX-License-Identifier: Apache-2.0
# model_images: the recipes of assets/images, made into true images and embedded. Included by core/CMakeLists.txt.
set(CUTAWAY_IMAGES alpine-base debian-base alpine busybox hello lab-cpu-spin lab-dns-tools lab-memhog lab-trap-term lab-zombie-maker
                   nginx nginx-alpine nginx-alpine-1.25 node postgres postgres-18 python redis ubuntu)
set(image_sources)
foreach(image ${CUTAWAY_IMAGES})
    list(APPEND image_sources ${PROJECT_SOURCE_DIR}/assets/images/${image}.json)
endforeach()
file(GLOB image_scripts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/assets/programs/*/*)  # data, not sources
set(image_pack ${PROJECT_BINARY_DIR}/images.pack)
add_custom_command(
    OUTPUT ${image_pack}
    COMMAND make_images ${image_pack} ${PROJECT_SOURCE_DIR}/assets ${CUTAWAY_IMAGES}
    DEPENDS make_images ${image_sources} ${image_scripts}
    VERBATIM)
add_library(model_images STATIC ${CMAKE_CURRENT_LIST_DIR}/image_pack.cpp)
target_link_libraries(model_images PUBLIC cutaway_options core_base)
target_compile_definitions(model_images PRIVATE CUTAWAY_IMAGE_PACK="${image_pack}")
set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/image_pack.cpp PROPERTIES OBJECT_DEPENDS ${image_pack})
