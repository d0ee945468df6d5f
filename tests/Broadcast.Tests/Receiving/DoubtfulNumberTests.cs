using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Broadcast.Tests.Testing;
using Contracts.Directory;
using Contracts.InboundSms;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.Sms;

namespace Broadcast.Tests.Receiving;

/// <summary>Numbers of the register that somebody should look after.</summary>
public sealed class DoubtfulNumberTests(BroadcastFixture fixture) : IClassFixture<BroadcastFixture>
{
    [Fact]
    public async Task BRO_1_a_number_that_failed_last_is_flagged_until_it_works_or_is_changed()
    {
        var (failing, healed, changed) = (await PostAsync(), await PostAsync(), await PostAsync());
        await fixture.AddSentAsync(recipients: [(failing, "Delivered"), (healed, "Failed"), (changed, "Failed")]);
        await fixture.AddSentAsync(recipients: [(failing, "Failed"), (healed, "Delivered")]);
        await fixture.Bus.PublishAsync(new ContactChanged { OfficialId = changed.Official, NoticePhone = "+6281388000001", Version = 2 });
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>("select exists (select from contacts.contact where notice_phone = '+6281388000001')"));
        var items = await ItemsAsync();
        var item = items.Single(i => i.GetProperty("officialId").GetGuid() == failing.Official);
        item.GetProperty("failures").GetInt64().ShouldBe(1);
        item.ToString().ShouldNotContain(failing.Number!);
        items.ShouldNotContain(i => i.GetProperty("officialId").GetGuid() == healed.Official || i.GetProperty("officialId").GetGuid() == changed.Official);
        (await fixture.Client(fixture.Mayor.Official, 0, "Mayor").GetAsync("/api/broadcasts/doubtful-numbers")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task BRO_1_STOP_of_an_official_is_told_once_and_a_citizens_leaves_no_trace()
    {
        var post = await PostAsync();
        var told = await StopAsync(post.Number!, isOut: true, at: 1);
        await fixture.Bus.PublishAsync(told);
        await StopAsync("+6281399000001", isOut: true, at: 1);
        await fixture.Bus.GetAsync<TellResponsible>(message => message.Id == told.MessageId);
        (await ItemsAsync()).Single(i => i.GetProperty("officialId").GetGuid() == post.Official).GetProperty("stoppedAt").ValueKind.ShouldBe(JsonValueKind.String);
        await StopAsync(post.Number!, isOut: false, at: 3);
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select not is_out from stopped_number where official_id = '{post.Official}'"));
        // What comes late changes nothing.
        await StopAsync(post.Number!, isOut: true, at: 2);
        var last = await StopAsync(fixture.HeadOfWorks.Number!, isOut: true, at: 4);
        await fixture.Bus.GetAsync<TellResponsible>(message => message.Id == last.MessageId);
        (await ItemsAsync()).ShouldNotContain(i => i.GetProperty("officialId").GetGuid() == post.Official);
        (await fixture.Database.ScalarAsync<long>("select count(*) from stopped_number")).ShouldBe(2);
    }

    private Task<Post> PostAsync() => fixture.AddPostAsync(fixture.Health, "Staff", "Staf");

    private async Task<List<JsonElement>> ItemsAsync() =>
        [.. (await fixture.Client(null, 0, "Administrator").GetFromJsonAsync<JsonElement>("/api/broadcasts/doubtful-numbers")).GetProperty("items").EnumerateArray()];

    private async Task<NumberOptedOut> StopAsync(string number, bool isOut, int at)
    {
        var told = new NumberOptedOut
        {
            MessageId = Guid.CreateVersion7(),
            SenderPseudonym = fixture.Services.GetRequiredService<Pseudonyms>().Of(number)!,
            IsOut = isOut,
            ReceivedAt = fixture.Clock.GetUtcNow().AddMinutes(at),
        };
        await fixture.Bus.PublishAsync(told);
        return told;
    }
}
