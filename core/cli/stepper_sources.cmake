# SPDX-License-Identifier: Apache-2.0
# The stepper, replay and the trace's verbs; they stand in the room core/cli and know no world.
set(CLI_STEPPER_SOURCES replay.cpp stepper.cpp stepper_commands.cpp stepper_desk.cpp stepper_points.cpp stepper_story.cpp
    stepper_tape.cpp transcript.cpp)
