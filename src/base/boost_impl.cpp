// The one translation unit that compiles what Boost offers as headers with a separate implementation.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
#include <boost/json/src.hpp>
