using System.Net;
using System.Text.Json;
using Contracts.Directory;
using Directory.Tests.Testing;

namespace Directory.Tests.People;

public sealed class ContactHistoryTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    private DateTimeOffset Now => directory.Clock.GetUtcNow();

    [Fact]
    public async Task DIR_4_a_sender_id_entered_ahead_is_told_with_its_instant_and_the_history_is_kept()
    {
        var (old, next, midnight) = (DirectoryFixture.Fresh("Lm"), DirectoryFixture.Fresh("Br"), Now.AddDays(10));
        var official = await directory.OfficialAsync(senderId: old);

        (await SetAsync(official, 1, next, midnight).DoneAsync()).String("senderId").ShouldBe(old);

        var told = await directory.Bus.GetAsync<ContactChanged>(changed => changed.OfficialId == official.Id() && changed.Version == 2);
        told.SenderId.ShouldBe(old);
        told.SenderIds!.Select(senderId => (senderId.SenderId, senderId.From, senderId.To)).ShouldBe([(old, Now, midnight), (next, midnight, null)]);
        (await UsersAsync(next.ToUpperInvariant(), midnight)).ShouldBe([official.String("employeeNumber")]);
        (await UsersAsync(next, midnight.AddTicks(-10))).ShouldBeEmpty();

        await SetAsync(official, 2, old).DoneAsync();
        (await UsersAsync(next, midnight)).ShouldBeEmpty();
        (await UsersAsync(old, midnight)).ShouldBe([official.String("employeeNumber")]);
    }

    [Fact]
    public async Task DIR_4_a_released_sender_id_rests_before_another_official_gets_it()
    {
        var senderId = DirectoryFixture.Fresh("Ist");
        var (official, other) = (await directory.OfficialAsync(senderId: senderId), await directory.OfficialAsync());
        var released = Now.AddDays(1);
        await SetAsync(official, 1, null, released).DoneAsync();

        await (await SetAsync(other, 1, senderId.ToUpperInvariant(), released)).ShouldRefuseAsync(HttpStatusCode.Conflict, "sender-id-rests");
        await SetAsync(official, 2, senderId, released.AddDays(1)).DoneAsync();
        await SetAsync(official, 3, null, released.AddDays(2)).DoneAsync();
        await (await SetAsync(other, 1, senderId, released.AddDays(91))).ShouldRefuseAsync(HttpStatusCode.Conflict, "sender-id-rests");
        await SetAsync(other, 1, senderId, released.AddDays(92)).DoneAsync();
    }

    [Fact]
    public async Task DIR_4_of_administrators_who_give_one_sender_id_away_at_once_one_wins()
    {
        var senderId = DirectoryFixture.Fresh("Rb");
        var officials = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => directory.OfficialAsync()));

        var answers = await Task.WhenAll(officials.Select((official, n) => SetAsync(official, 1, n % 2 == 0 ? senderId : senderId.ToUpperInvariant())));

        answers.Count(answer => answer.IsSuccessStatusCode).ShouldBe(1);
        foreach (var refused in answers.Where(answer => !answer.IsSuccessStatusCode))
            await refused.ShouldRefuseAsync(HttpStatusCode.Conflict, "sender-id-taken");
    }

    [Theory]
    [InlineData("POLRI")]
    [InlineData("Polri")]
    [InlineData("P0LRI")]
    [InlineData("BR1")]
    [InlineData("im3")]
    [InlineData("Info")]
    public async Task DIR_4_a_name_that_others_are_known_by_is_no_sender_id(string senderId)
    {
        var official = await directory.OfficialAsync();
        await (await SetAsync(official, 1, senderId)).ShouldNameAsync("senderId");
        await (await SetAsync(official, 1, "Sekda1", Now.AddDays(-1))).ShouldNameAsync("from");
        (await directory.Database.ScalarAsync<long>($"select count(*) from official_sender_id where official_id = '{official.Id()}'")).ShouldBe(0);
    }

    [Fact]
    public async Task DIR_5_who_had_a_number_when_can_be_asked_without_a_number_in_the_URL()
    {
        var (number, start) = (DirectoryFixture.FreshNumber(), Now);
        var (first, second) = (await directory.OfficialAsync(number), await directory.OfficialAsync());
        directory.Clock.Advance(TimeSpan.FromSeconds(10));
        var lost = Now;
        await directory.PutAsync($"officials/{first.Id()}/notice-phone", new { version = 1, number = (string?)null, reason = "Nomor hangus" }).DoneAsync();
        directory.Clock.Advance(TimeSpan.FromSeconds(10));
        await directory.PutAsync($"officials/{second.Id()}/notice-phone", new { version = 1, number, reason = "Nomor baru" }).DoneAsync();

        var holders = await directory.PostAsync("notice-phones/holders", new { number = number.Replace("+62", "0"), reason = "Laporan penipuan" }).DoneAsync();

        holders.EnumerateArray().Select(holder => (holder.String("employeeNumber"), holder.GetProperty("from").GetDateTimeOffset(),
            holder.GetProperty("to").ValueKind == JsonValueKind.Null ? null : (DateTimeOffset?)holder.GetProperty("to").GetDateTimeOffset()))
            .ShouldBe([(second.String("employeeNumber"), Now, null), (first.String("employeeNumber"), start, lost)]);
        await (await directory.PostAsync("notice-phones/holders", new { number = "112", reason = "Laporan penipuan" })).ShouldNameAsync("number");
    }

    [Fact]
    public async Task DIR_5_a_number_that_is_entered_again_stays_one_line_of_its_history()
    {
        var (number, start) = (DirectoryFixture.FreshNumber(), Now);
        var official = await directory.OfficialAsync(number);
        directory.Clock.Advance(TimeSpan.FromSeconds(10));

        await directory.PutAsync($"officials/{official.Id()}/notice-phone", new { version = 1, number, reason = "Dilaporkan lagi" }).DoneAsync();

        var holder = (await directory.PostAsync("notice-phones/holders", new { number, reason = "Pemeriksaan" }).DoneAsync()).EnumerateArray().ShouldHaveSingleItem();
        holder.GetProperty("from").GetDateTimeOffset().ShouldBe(start);
    }

    [Fact]
    public async Task DIR_5_whose_a_number_is_is_asked_for_a_reason_and_that_is_in_the_trail_also_without_an_answer()
    {
        var (number, nobodys, asked) = (DirectoryFixture.FreshNumber(), DirectoryFixture.FreshNumber(), DirectoryFixture.Fresh("Laporan "));
        var official = await directory.OfficialAsync(number);

        await (await directory.PostAsync("notice-phones/holders", new { number, reason = "" })).ShouldNameAsync("reason");
        var answer = await directory.PostAsync("notice-phones/holders", new { number, reason = asked });
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        (await directory.PostAsync("notice-phones/holders", new { number = nobodys, reason = asked }).DoneAsync()).GetArrayLength().ShouldBe(0);

        var entries = await directory.ItemsAsync($"audit?act=FindPhoneHolders&text={asked}&from={DirectoryFixture.Query(Now.AddDays(-1))}");
        entries.ConvertAll(entry => entry.GetProperty("after").GetProperty("employeeNumbers").EnumerateArray().Select(found => found.GetString()).SingleOrDefault())
            .ShouldBe([official.String("employeeNumber"), null], ignoreOrder: true);
        entries.ShouldAllBe(entry => entry.String("actorLogin") == DirectoryFixture.AdminLogin && !entry.ToString().Contains(number) && !entry.ToString().Contains(nobodys));
    }

    private Task<HttpResponseMessage> SetAsync(JsonElement official, long version, string? senderId, DateTimeOffset? from = null) =>
        directory.PutAsync($"officials/{official.Id()}/sender-id", new { version, senderId, from });

    private async Task<List<string>> UsersAsync(string senderId, DateTimeOffset at) =>
        (await directory.ItemsAsync($"sender-ids?senderId={senderId}&asOf={DirectoryFixture.Query(at)}")).ConvertAll(item => item.String("employeeNumber"));
}
