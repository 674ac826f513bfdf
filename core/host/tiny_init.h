// SPDX-License-Identifier: Apache-2.0
// What stands before a program for --init, as tini does: it starts the program, hands on the signals that it gets, reaps
// whoever is left behind, and ends as the program does. The same file as the shim, seen as /sbin/docker-init inside.
#pragma once

namespace cutaway::host {

// `argv`: "/sbin/docker-init", "--", the program and its words, null. Answers the exit status.
int be_first_process(char** argv);

}  // namespace cutaway::host
