using System.Net;
using System.Net.Http.Json;
using System.Text;
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

        var answers = await Task.WhenAll(officials.Select((official, n) => SetAsync(official, 1, n % 2 == 0 ? senderId : senderId.Replace('b', '8'))));

        answers.Count(answer => answer.IsSuccessStatusCode).ShouldBe(1);
        foreach (var refused in answers.Where(answer => !answer.IsSuccessStatusCode))
            await refused.ShouldRefuseAsync(HttpStatusCode.Conflict, "sender-id-taken");
    }

    [Fact]
    public async Task DIR_4_what_looks_like_a_sender_id_is_that_sender_id_also_while_it_rests()
    {
        var name = DirectoryFixture.Fresh("Dlo");
        var alike = name.Replace('l', 'I').Replace('o', '0');
        var (official, other) = (await directory.OfficialAsync(senderId: name), await directory.OfficialAsync());

        await (await SetAsync(other, 1, alike)).ShouldRefuseAsync(HttpStatusCode.Conflict, "sender-id-taken");
        await (await directory.PostAsync("officials", new { employeeNumber = DirectoryFixture.Fresh("1981"), name = "Budi", senderId = alike }))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "sender-id-taken");
        (await ImportedAsync(alike)).ShouldBe(["sender-id-taken"]);
        (await UsersAsync(alike, Now)).ShouldBe([official.String("employeeNumber")]);
        // To himself he may look alike.
        await SetAsync(official, 1, alike).DoneAsync();

        var released = Now.AddDays(1);
        await SetAsync(official, 2, null, released).DoneAsync();
        await (await SetAsync(other, 1, name, released)).ShouldRefuseAsync(HttpStatusCode.Conflict, "sender-id-rests");
        await SetAsync(other, 1, name, released.AddDays(90)).DoneAsync();
    }

    [Fact]
    public async Task DIR_4_of_two_that_looked_alike_before_each_stays_until_it_is_released_and_nobody_else_gets_one()
    {
        var (first, second) = (DirectoryFixture.Fresh("Ao"), "");
        second = first.Replace('o', '0');
        var officials = await Task.WhenAll(directory.OfficialAsync(senderId: first), directory.OfficialAsync(), directory.OfficialAsync());
        await directory.Database.ExecuteAsync("alter table official_sender_id disable trigger official_sender_id_looks");
        await SetAsync(officials[1], 1, second).DoneAsync();
        await directory.Database.ExecuteAsync("alter table official_sender_id enable trigger official_sender_id_looks");

        (await UsersAsync(first, Now)).Count.ShouldBe(2);
        await directory.Administrator.PatchAsJsonAsync($"/api/directory/officials/{officials[1].Id()}", new { version = 2, name = "Siti" }).DoneAsync();
        await SetAsync(officials[0], 1, null).DoneAsync();

        (await UsersAsync(first, Now)).ShouldBe([officials[1].String("employeeNumber")]);
        await (await SetAsync(officials[2], 1, first, Now.AddDays(100))).ShouldRefuseAsync(HttpStatusCode.Conflict, "sender-id-taken");
    }

    [Fact]
    public async Task DIR_1_as_of_an_instant_an_official_has_the_version_of_then_with_its_number_and_sender_id()
    {
        var (one, two, senderId) = (DirectoryFixture.FreshNumber(), DirectoryFixture.FreshNumber(), DirectoryFixture.Fresh("Vs"));
        var official = await directory.OfficialAsync(one);
        var instants = new List<DateTimeOffset> { Now };
        directory.Clock.Advance(TimeSpan.FromSeconds(5));
        await directory.PutAsync($"officials/{official.Id()}/notice-phone", new { version = 1, number = two, reason = "Nomor baru" }).DoneAsync();
        instants.Add(Now);
        directory.Clock.Advance(TimeSpan.FromSeconds(5));
        await SetAsync(official, 2, senderId).DoneAsync();
        instants.Add(Now);

        var then = new List<(long, string?)>();
        foreach (var instant in instants)
        {
            var item = (await directory.ItemsAsync($"officials?employeeNumber={official.String("employeeNumber")}&asOf={DirectoryFixture.Query(instant)}")).Single();
            then.Add((item.Version(), item.GetProperty("senderId").GetString()));
        }

        then.ShouldBe([(1, null), (2, null), (3, senderId)]);
    }

    [Theory]
    [InlineData("POLRI")]
    [InlineData("POLRl")]
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

    /// <summary>What a trial of one official with that name finds.</summary>
    private async Task<List<string>> ImportedAsync(string senderId)
    {
        var file = new ByteArrayContent(Encoding.UTF8.GetBytes($"nip;nama;id pengirim\n{DirectoryFixture.Fresh("1980")};Budi;{senderId}\n"));
        var started = await (await directory.Administrator.PostAsync("/api/directory/imports?dryRun=true&sheet=pejabat", file)).ReadAsync();
        var tried = await Eventually.GetAsync(() => directory.GetAsync($"imports/{started.Id()}"), import => import.String("state") is not ("Waiting" or "Running"));
        return [.. tried.GetProperty("problems").EnumerateArray().Select(problem => problem.String("code"))];
    }

    private async Task<List<string>> UsersAsync(string senderId, DateTimeOffset at) =>
        (await directory.ItemsAsync($"sender-ids?senderId={senderId}&asOf={DirectoryFixture.Query(at)}")).ConvertAll(item => item.String("employeeNumber"));
}
