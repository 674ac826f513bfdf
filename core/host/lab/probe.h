// SPDX-License-Identifier: Apache-2.0
// What a process sees of its container, as one line of JSON. Values of the environment are left out: they may be secrets.
#pragma once

namespace cutaway::lab {

int probe();

}  // namespace cutaway::lab
