using System.Net;
using System.Net.Http.Json;
using Broadcast.Tests.Testing;

namespace Broadcast.Tests.Wording;

/// <summary>A city whose networks take sender names of ten characters.</summary>
public sealed class LongSenderFixture : BroadcastFixture
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => new Dictionary<string, string?>(StringComparer.Ordinal) { ["Broadcast:LongestSenderId"] = "10" };
}

public sealed class SenderIdTests(LongSenderFixture city) : IClassFixture<LongSenderFixture>
{
    [Fact]
    public async Task BRO_4_a_sender_name_is_as_long_as_the_citys_setting_allows()
    {
        var broadcast = await city.RequestAsync();
        Task<HttpResponseMessage> WordAsync(string senderId) => city.Administrator().PutAsJsonAsync($"{Flow.PathOf(broadcast)}/wording",
            new { version = broadcast.Version, text = "Rapat", audience = new { include = new[] { new { unitId = city.City } } }, sendAt = Flow.Tomorrow, senderId });
        await (await WordAsync("PEMKOTBEKAS")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "sender-too-long", "senderId");
        (await (await WordAsync("PEMKOTBKSI")).BodyAsync()).GetProperty("revision").GetProperty("senderId").GetString().ShouldBe("PEMKOTBKSI");
    }
}
