#pragma once

#include <functional>
#include <span>

#include "base/error.h"
#include "cli/environment.h"
#include "cli/exit_code.h"
#include "cli/hub_client.h"
#include "cli/settings.h"
#include "cli/terminal.h"
#include "pages/asset.h"

namespace pilothouse::cli {

// What the verbs share. Lives as long as the process; the main thread's alone.
struct Context {
  Environment environment;
  Terminal terminal;
  HubFlags hub_flags;
  std::span<const pages::Asset> pages;
  const pages::Asset* report_page = nullptr;  // what reports are made of; none in a program without pages
  std::function<base::Result<void>()> verb;   // what the command line asks for, set while it is parsed

  ExitCode exit_code = ExitCode::kOk;  // of a verb that has said itself what went wrong

  base::Result<HubClient> hub() const;
};

}  // namespace pilothouse::cli
