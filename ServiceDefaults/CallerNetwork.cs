using System.Net;
using System.Net.Sockets;

namespace ServiceDefaults;

/// <summary>
/// From where somebody calls, as limits count it: a line. With IPv4 that is an address; with IPv6 it is a /64, of which whoever has one has 2^64 addresses (RFC 4291
/// 2.5.4), and would have as many budgets.
/// </summary>
public static class CallerNetwork
{
    private const int LineBytes = 8;

    /// <summary>Such as <c>203.0.113.7</c> or <c>2001:db8:1:2::/64</c>; empty where nothing is known, so that all of those share one.</summary>
    public static string Of(IPAddress? address)
    {
        if (address is null)
            return "";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(LineBytes).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
