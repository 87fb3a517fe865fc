#include "recorder/python/names.h"

#include <utility>

namespace pilothouse::recorder {

Names names;

bool make_names() {
  if (names.released != nullptr) return true;
  // `released` comes last: it says that all the others are there.
  for (const auto& [slot, text] : {std::pair{&names.waiting, "waiting"},
                                   {&names.queued, "queued"},
                                   {&names.no_worker, "no-worker"},
                                   {&names.processing, "processing"},
                                   {&names.memory, "memory"},
                                   {&names.erred, "erred"},
                                   {&names.forgotten, "forgotten"},
                                   {&names.worker, "worker"},
                                   {&names.nbytes, "nbytes"},
                                   {&names.type_name, "typename"},
                                   {&names.startstops, "startstops"},
                                   {&names.thread, "thread"},
                                   {&names.cause, "cause"},
                                   {&names.exception_text, "exception_text"},
                                   {&names.traceback_text, "traceback_text"},
                                   {&names.action, "action"},
                                   {&names.start, "start"},
                                   {&names.stop, "stop"},
                                   {&names.group, "group"},
                                   {&names.name, "name"},
                                   {&names.key, "key"},
                                   {&names.exception_blame, "exception_blame"},
                                   {&names.erred_on, "erred_on"},
                                   {&names.suspicious, "suspicious"},
                                   {&names.released, "released"}}) {
    *slot = PyUnicode_InternFromString(text);
    if (*slot == nullptr) return false;
  }
  return true;
}

}  // namespace pilothouse::recorder
