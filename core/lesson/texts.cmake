# SPDX-License-Identifier: Apache-2.0
# lesson_texts: the lessons of lessons/, embedded. Included by core/lesson/CMakeLists.txt.
set(CUTAWAY_LESSON_FILES glossary.md glossary.de.md
    L01-mental-model/lesson.md L02-architecture/lesson.md L03-names/lesson.md L04-pull/lesson.md
    L05-layers/lesson.md L06-copy-on-write/lesson.md
    L07-docker-run-nginx/lesson.md L07-docker-run-nginx/lesson.de.md
    L08-lifecycle/lesson.md L09-namespaces/lesson.md L10-cgroups/lesson.md L11-signals/lesson.md
    L12-observe/lesson.md L13-networking/lesson.md L14-volumes/lesson.md L17-cleanup/lesson.md L18-clinic/lesson.md
    L01-mental-model/apartments-and-houses.figure
    L01-mental-model/application-in-a-box.figure
    L01-mental-model/bubble.figure
    L01-mental-model/class-and-object.figure
    L01-mental-model/container-and-blueprint.figure
    L01-mental-model/recipe-and-cups.figure
    L02-architecture/architecture.figure
    L02-architecture/objects.figure
    L03-names/name-dissector.figure
    L03-names/shelf.figure
    L04-pull/digest-tree.figure
    L05-layers/layer-cake.figure
    L05-layers/shared-layers.figure
    L06-copy-on-write/copy-up.figure
    L06-copy-on-write/three-columns.figure
    L07-docker-run-nginx/digest-tree.de.figure
    L07-docker-run-nginx/digest-tree.figure
    L07-docker-run-nginx/layer-cake.de.figure
    L07-docker-run-nginx/layer-cake.figure
    L08-lifecycle/states.figure
    L09-namespaces/namespace-matrix.figure
    L09-namespaces/two-views.figure
    L10-cgroups/gauges.figure
    L11-signals/stop-timeline.figure
    L13-networking/topology.figure
    L14-volumes/mounts-over-layers.figure
    L17-cleanup/references.figure
    L18-clinic/session.figure)
set(lesson_lines "")
set(lesson_paths)
set(number 0)
foreach(name ${CUTAWAY_LESSON_FILES})
    set(path ${PROJECT_SOURCE_DIR}/lessons/${name})
    string(APPEND lesson_lines "CUTAWAY_LESSON_TEXT(${number}, \"${name}\", \"${path}\")\n")
    list(APPEND lesson_paths ${path})
    math(EXPR number "${number} + 1")
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/lesson_texts.inc CONTENT "${lesson_lines}" @ONLY)
add_library(lesson_texts STATIC ${CMAKE_CURRENT_LIST_DIR}/standard_texts.cpp)
target_link_libraries(lesson_texts PUBLIC core_lesson)
target_compile_definitions(lesson_texts PRIVATE CUTAWAY_LESSON_TEXTS="${CMAKE_CURRENT_BINARY_DIR}/lesson_texts.inc")
set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/standard_texts.cpp PROPERTIES OBJECT_DEPENDS "${lesson_paths}")
