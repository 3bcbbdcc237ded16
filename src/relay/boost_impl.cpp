// Asio and Beast are compiled here and only here (BOOST_ASIO_SEPARATE_COMPILATION and its like for Beast).
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
