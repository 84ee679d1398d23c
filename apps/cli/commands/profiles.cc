#include "cli.h"
namespace nputwin::cli {
void add_profiles_command(CLI::App&, Action&) {}
}
