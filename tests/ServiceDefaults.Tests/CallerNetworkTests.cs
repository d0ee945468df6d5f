using System.Net;

namespace ServiceDefaults.Tests;

public sealed class CallerNetworkTests
{
    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2::1%3", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:3::1", "2001:db8:1:3::/64")]
    [InlineData(null, "")]
    public void PLT_4_limits_count_an_address_or_the_network_of_IPv6_that_is_one_line(string? address, string network) =>
        CallerNetwork.Of(address is null ? null : IPAddress.Parse(address)).ShouldBe(network);
}
