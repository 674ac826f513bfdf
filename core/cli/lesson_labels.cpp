// SPDX-License-Identifier: Apache-2.0
#include "core/cli/lesson_labels.h"

#include <array>

namespace cutaway::cli {

namespace {

constexpr std::array<LessonLabels, 2> all{{
    {
        .locale = "en",
        .minutes = "minutes",
        .greeting = "On a simulated machine of its own. An empty line goes on, ? helps, quit leaves.",
        .real_greeting =
            "On this machine itself, in a folder of its own; what it starts here ends with it. An empty line "
            "goes on, ? helps, quit leaves.",
        .stand_in = "Here the image {} is a copy of {}, which needs no registry.",
        .going_on = "Going on at step {}; what lies before it has been done for you.",
        .rules = "Your teacher's rules: ",
        .step = "Step",
        .of = "of",
        .words = "Words you will meet:",
        .predict = "Predict: ",
        .task = "Task: ",
        .often = "Often said: ",
        .today = "Today:      ",
        .picture = "Picture",
        .stop = "stop",
        .goes_on = "the command goes on to its end",
        .stopped = "stopped",
        .missed = "The command ended before it came to",
        .asked = "You were asked: ",
        .not_so = "Not so. It is: ",
        .right = "Right. ",
        .presenter = "(for the presenter) ",
        .help = "  (an empty line)   go on\n"
                "  words             the words of this step\n"
                "  show PLACE        look at the picture: show containers, show processes (docs/expressions.md)\n"
                "  notes             the presenter's notes of this step\n"
                "  reset, back       begin this step, or the one before, again on a fresh machine\n"
                "  quit              leave; the next play goes on at this step\n"
                "In a task also: any docker command or line for the host's shell, hint, solve, skip.\n",
        .enter = "[Enter] ",
        .empty_line = "An empty line goes on; ? tells what else there is.",
        .answer = "your answer> ",
        .skipped = "(skipped)",
        .how_to_work = "Type the commands for it, or: hint, solve, skip.",
        .work = "task$ ",
        .hint = "Hint: ",
        .done = "Done. ",
        .spoiled = "Spoiled: ",
        .reset = "Type reset to begin this step again.",
        .this_is_how = "This is how. ",
        .the_end = "The end",
        .points = "points",
        .look_again = "  look again: ",
        .quiz_before = "a short test before the lesson",
        .quiz_after = "the same test after the lesson",
        .quiz_rules = "Answer from what you know. Nothing runs here, and what is right is told after the lesson only. "
                      "An empty line passes a question by; quit leaves, and nothing is kept.",
        .quiz_pass = "(passed by)",
        .quiz_thanks = "Kept. The same questions come back when the lesson is finished.",
        .quiz_was = "Before: ",
        .quiz_is = "After:  ",
    },
    {
        .locale = "de",
        .minutes = "Minuten",
        .greeting = "Auf einer eigenen, simulierten Maschine. Eine leere Zeile geht weiter, ? hilft, quit verlässt.",
        .real_greeting =
            "Auf dieser Maschine selbst, in einem eigenen Ordner; was dabei gestartet wird, endet mit ihr. Eine "
            "leere Zeile geht weiter, ? hilft, quit verlässt.",
        .stand_in = "Hier ist das Image {} eine Kopie von {}, das keine Registry braucht.",
        .going_on = "Weiter bei Schritt {}; was davor liegt, ist schon für dich getan.",
        .rules = "Die Regeln deines Unterrichts: ",
        .step = "Schritt",
        .of = "von",
        .words = "Wörter, die dir begegnen:",
        .predict = "Was meinst du? ",
        .task = "Aufgabe: ",
        .often = "Oft gesagt: ",
        .today = "Heute:      ",
        .picture = "Bild",
        .stop = "Halt",
        .goes_on = "das Kommando läuft zu Ende",
        .stopped = "angehalten",
        .missed = "Das Kommando war zu Ende, bevor es hierher kam",
        .asked = "Die Frage war: ",
        .not_so = "Nein. Richtig ist: ",
        .right = "Richtig. ",
        .presenter = "(für den Vortrag) ",
        .help =
            "  (eine leere Zeile)  weiter\n"
            "  words               die Wörter dieses Schritts\n"
            "  show PLACE          ins Bild sehen: show containers, show processes (docs/expressions.md)\n"
            "  notes               die Notizen für den Vortrag\n"
            "  reset, back         diesen Schritt, oder den davor, auf frischer Maschine noch einmal\n"
            "  quit                verlassen; das nächste Mal geht es bei diesem Schritt weiter\n"
            "In einer Aufgabe auch: jedes docker-Kommando, jede Zeile für die Shell des Hosts, hint, solve, skip.\n",
        .enter = "[Enter] ",
        .empty_line = "Eine leere Zeile geht weiter; ? sagt, was es sonst gibt.",
        .answer = "deine Antwort> ",
        .skipped = "(übersprungen)",
        .how_to_work = "Gib die Kommandos dafür ein, oder: hint, solve, skip.",
        .work = "Aufgabe$ ",
        .hint = "Hinweis: ",
        .done = "Geschafft. ",
        .spoiled = "Verdorben: ",
        .reset = "Gib reset ein, um diesen Schritt neu zu beginnen.",
        .this_is_how = "So geht es. ",
        .the_end = "Ende",
        .points = "Punkten",
        .look_again = "  noch einmal ansehen: ",
        .quiz_before = "ein kurzer Test vor der Lektion",
        .quiz_after = "derselbe Test nach der Lektion",
        .quiz_rules =
            "Antworte mit dem, was du weißt. Hier läuft nichts, und was richtig ist, erfährst du erst nach der "
            "Lektion. Eine leere Zeile übergeht eine Frage; quit verlässt, und nichts wird behalten.",
        .quiz_pass = "(übergangen)",
        .quiz_thanks = "Behalten. Dieselben Fragen kommen wieder, wenn die Lektion zu Ende ist.",
        .quiz_was = "Vorher:  ",
        .quiz_is = "Nachher: ",
    },
}};

}  // namespace

const LessonLabels& labels_of(std::string_view locale) {
    for (const LessonLabels& labels : all) {
        if (labels.locale == locale) {
            return labels;
        }
    }
    return all[0];
}

}  // namespace cutaway::cli
