// The one translation unit that compiles Asio's TLS; what uses no TLS links no OpenSSL.
#include <boost/asio/ssl/impl/src.hpp>
