#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// The words that sentences are made of.
namespace pilothouse::audit {

// "1 line", "2 lines", "3,411 lines", "2 classes".
std::string count_of(std::uint64_t count, std::string_view thing);

// "a", "a and b", "a, b and c", and with more than `most`: "a, b and 4 more".
std::string list_of(const std::vector<std::string>& things, std::size_t most);

// A name of the audited source between backquotes, on one line and not too long; what is builtin without its
// module.
std::string named(std::string_view name);

// A text of the audited source, on one line, at most `limit` bytes.
std::string shortened(std::string_view text, std::size_t limit);

std::string upper_first(std::string text);

// "0.90"
std::string decimals(double value);

struct LabelWords {
  std::string reads;     // "reads from the network"
  std::string noun;      // "the network"
  std::string controls;  // who decides on it: "whoever controls that server, or stands on the way to it,"
};
LabelWords words_of_label(std::string_view label);
std::size_t rank_of_label(std::string_view label);  // in what order they are named

struct CategoryWords {
  std::string does;    // "starts commands"
  std::string done;    // of a value: "is run as a command"
  std::string effect;  // of who decides on the value: "can run commands here"
  std::string advice;  // a sentence
};
CategoryWords words_of_category(std::string_view category);
std::size_t rank_of_category(std::string_view category);

// "high", "medium", "low" or "very low".
std::string_view level_of(double score);

}  // namespace pilothouse::audit
