using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Contracts.Directory;
using Directory.Tests.Testing;
using Npgsql;

namespace Directory.Tests.People;

/// <summary>They turn the clock on.</summary>
public sealed class LeavingTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>, IAsyncLifetime
{
    private DateTimeOffset Now => directory.Clock.GetUtcNow();

    public async ValueTask InitializeAsync() => await directory.SignInAdministratorAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task DIR_6_who_leaves_gets_no_notices_any_more_and_his_number_rests_before_another_gets_it()
    {
        var (number, senderId) = (DirectoryFixture.FreshNumber(), DirectoryFixture.Fresh("Pn"));
        var (leaving, other) = (await directory.OfficialAsync(number, senderId), await directory.OfficialAsync());
        await directory.HolderAsync(leaving, await directory.PositionAsync(), to: Now.AddMinutes(1));
        await directory.AdvanceAsync(TimeSpan.FromSeconds(59));
        (await directory.ItemsAsync($"officials?employeeNumber={leaving.String("employeeNumber")}"))[0].Version().ShouldBe(1);

        await directory.AdvanceAsync(TimeSpan.FromSeconds(4));

        var told = await directory.Bus.GetAsync<ContactChanged>(changed => changed.OfficialId == leaving.Id() && changed.Version == 2);
        (told.NoticePhone, told.SenderId, told.SenderIds!.Count(used => used.To is null)).ShouldBe((null, null, 0));
        (await directory.Bus.GetAsync<OfficialChanged>(changed => changed.OfficialId == leaving.Id() && changed.Version == 2)).Name.ShouldBe("Siti Rahayu");
        await (await GiveAsync(other, 1, number)).ShouldRefuseAsync(HttpStatusCode.Conflict, "notice-phone-rests");
        await (await directory.PostAsync("officials", new { employeeNumber = DirectoryFixture.Fresh("1979"), name = "Budi", noticePhone = number }))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "notice-phone-rests");
        await (await directory.PutAsync($"officials/{other.Id()}/sender-id", new { version = 1, senderId })).ShouldRefuseAsync(HttpStatusCode.Conflict, "sender-id-rests");
        (await HoldersAsync(number)).ShouldBe([leaving.String("employeeNumber")]);
        (await directory.Database.ScalarAsync<string>($"select actor from audit_entry where act = 'ReleaseContacts' and subject_id = '{leaving.Id()}'")).ShouldBe("system");

        await directory.AdvanceAsync(TimeSpan.FromDays(90));
        await GiveAsync(other, 1, number).DoneAsync();
        (await HoldersAsync(number)).ShouldBe([other.String("employeeNumber"), leaving.String("employeeNumber")]);
    }

    [Fact]
    public async Task DIR_6_who_comes_back_has_his_number_again_at_once()
    {
        var number = DirectoryFixture.FreshNumber();
        var official = await directory.OfficialAsync(number);
        await directory.HolderAsync(official, await directory.PositionAsync(), to: Now.AddSeconds(1));
        await directory.AdvanceAsync(TimeSpan.FromSeconds(4));
        await directory.Bus.GetAsync<ContactChanged>(changed => changed.OfficialId == official.Id() && changed.NoticePhone is null);

        await directory.HolderAsync(official, await directory.PositionAsync());
        await GiveAsync(official, 2, number).DoneAsync();

        await directory.AdvanceAsync(TimeSpan.FromSeconds(10));
        (await directory.Bus.GetAsync<ContactChanged>(changed => changed.OfficialId == official.Id() && changed.Version == 3)).NoticePhone.ShouldBe(number);
    }

    [Fact]
    public async Task DIR_6_who_still_holds_something_or_never_did_keeps_his_number()
    {
        var (holding, never, open) = (
            await directory.OfficialAsync(DirectoryFixture.FreshNumber()), await directory.OfficialAsync(DirectoryFixture.FreshNumber()), await directory.OfficialAsync(DirectoryFixture.FreshNumber()));
        await directory.HolderAsync(holding, await directory.PositionAsync(), to: Now.AddSeconds(1));
        await directory.HolderAsync(holding, await directory.PositionAsync(), from: Now.AddDays(300));
        await directory.HolderAsync(open, await directory.PositionAsync(), to: Now.AddSeconds(1));
        var account = await directory.AccountAsync(employeeNumber: open.String("employeeNumber"));
        await directory.Database.ExecuteAsync($"update account set open_until = '{DirectoryFixture.Query(Now.AddMinutes(2))}' where id = '{account.Id()}'");
        var witness = await directory.OfficialAsync(DirectoryFixture.FreshNumber());
        await directory.HolderAsync(witness, await directory.PositionAsync(), to: Now.AddSeconds(2));

        await directory.AdvanceAsync(TimeSpan.FromSeconds(5));
        await NumberAsync(witness, isThere: false);
        foreach (var official in new[] { holding, never, open })
            (await directory.Database.ScalarAsync<bool>($"select notice_phone is not null and version = 1 from official where id = '{official.Id()}'")).ShouldBeTrue();

        await directory.AdvanceAsync(TimeSpan.FromMinutes(3));
        await NumberAsync(open, isThere: false);
    }

    [Theory]
    [InlineData("insert into assignment (id, official_id, position_id, kind, held_from, version) values ('{2}', '{0}', '{1}', 'Definitive', '2026-01-01', 1)")]
    [InlineData("update assignment set held_to = null where official_id = '{0}'")]
    public async Task DIR_6_who_is_being_given_a_post_at_this_moment_keeps_number_and_account(string giving)
    {
        var ((staying, account), (left, leftAccount)) = (await LeavingAsync(), await LeavingAsync());
        var post = await directory.PositionAsync();
        await using var administrator = new NpgsqlConnection(directory.Database.Administrator);
        await administrator.OpenAsync();
        await using var transaction = await administrator.BeginTransactionAsync();
        await using var command = new NpgsqlCommand(string.Format(CultureInfo.InvariantCulture, giving, staying, post.Id(), Guid.CreateVersion7()), administrator);
        await command.ExecuteNonQueryAsync();

        await directory.AdvanceAsync(TimeSpan.FromMinutes(2));
        await GoneAsync(left, leftAccount);
        await transaction.CommitAsync();

        var (next, nextAccount) = await LeavingAsync();
        await directory.AdvanceAsync(TimeSpan.FromMinutes(2));
        await GoneAsync(next, nextAccount);
        (await directory.Database.ScalarAsync<bool>($"select notice_phone is not null and version = 1 from official where id = '{staying}'")).ShouldBeTrue();
        (await directory.Database.ScalarAsync<bool>($"select enabled from account where id = '{account}'")).ShouldBeTrue();
    }

    [Fact]
    public async Task DIR_6_two_instances_release_a_number_once()
    {
        await directory.StartInstanceAsync();
        var officials = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => directory.OfficialAsync(DirectoryFixture.FreshNumber())));
        foreach (var official in officials)
            await directory.HolderAsync(official, await directory.PositionAsync(), to: Now.AddMinutes(1));
        await directory.AdvanceAsync(TimeSpan.FromMinutes(2));
        foreach (var official in officials)
            await NumberAsync(official, isThere: false);
        var ids = string.Join(',', officials.Select(official => $"'{official.Id()}'"));
        (await directory.Database.ScalarAsync<long>($"select count(*) from audit_entry where act = 'ReleaseContacts' and subject_id in ({ids})")).ShouldBe(5);
        (await directory.Database.ScalarAsync<long>($"select count(*) from former_notice_phone where rests_until is not null and official_id in ({ids})")).ShouldBe(5);
    }

    [Fact]
    public async Task DIR_6_an_import_gives_no_resting_number_away()
    {
        var number = DirectoryFixture.FreshNumber();
        var official = await directory.OfficialAsync(number);
        await directory.HolderAsync(official, await directory.PositionAsync(), to: Now.AddSeconds(1));
        await directory.AdvanceAsync(TimeSpan.FromSeconds(4));
        await NumberAsync(official, isThere: false);

        var file = new ByteArrayContent(Encoding.UTF8.GetBytes($"nip;nama;nomor hp\n{DirectoryFixture.Fresh("1980")};Budi;{number}\n"));
        var started = await (await directory.Administrator.PostAsync("/api/directory/imports?dryRun=true&sheet=pejabat", file)).ReadAsync();
        var tried = await Eventually.GetAsync(() => directory.GetAsync($"imports/{started.Id()}"), import => import.String("state") is not ("Waiting" or "Running"));

        tried.GetProperty("problems").EnumerateArray().Single().String("code").ShouldBe("notice-phone-rests");
    }

    /// <summary>An official with number and account whose last assignment ends in a minute.</summary>
    private async Task<(Guid Official, Guid Account)> LeavingAsync()
    {
        var official = await directory.OfficialAsync(DirectoryFixture.FreshNumber());
        await directory.HolderAsync(official, await directory.PositionAsync(), to: Now.AddMinutes(1));
        return (official.Id(), (await directory.AccountAsync(employeeNumber: official.String("employeeNumber"))).Id());
    }

    private Task GoneAsync(Guid official, Guid account) => Eventually.TrueAsync(() => directory.Database.ScalarAsync<bool>(
        $"select notice_phone is null and not enabled from official o join account a on a.official_id = o.id where o.id = '{official}' and a.id = '{account}'"));

    private Task NumberAsync(JsonElement official, bool isThere) =>
        Eventually.TrueAsync(() => directory.Database.ScalarAsync<bool>($"select (notice_phone is not null) = {isThere} from official where id = '{official.Id()}'"));

    private Task<HttpResponseMessage> GiveAsync(JsonElement official, long version, string number) =>
        directory.PutAsync($"officials/{official.Id()}/notice-phone", new { version, number, reason = "Nomor baru" });

    private async Task<List<string>> HoldersAsync(string number) =>
        [.. (await directory.PostAsync("notice-phones/holders", new { number, reason = "Pemeriksaan" }).DoneAsync()).EnumerateArray().Select(holder => holder.String("employeeNumber"))];
}
