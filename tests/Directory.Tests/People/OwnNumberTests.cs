using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Contracts.Directory;
using Contracts.Notification;
using Directory.Tests.Testing;

namespace Directory.Tests.People;

/// <summary>DIR-5: the owner proposes a number and proves it by code, the Administrator confirms it.</summary>
public sealed partial class OwnNumberTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>, IAsyncLifetime
{
    private const string Own = "/api/directory/me/notice-phone";

    private sealed record Owner(JsonElement Official, string Number, HttpClient Client);

    // They turn the clock on.
    public async ValueTask InitializeAsync() => await directory.SignInAdministratorAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task DIR_5_nobody_enters_his_own_number_and_nobody_unnamed_that_of_an_account()
    {
        var own = await directory.Database.ScalarAsync<Guid>($"select official_id from account where normalized_user_login = upper('{DirectoryFixture.AdminLogin}')");
        var version = await directory.Database.ScalarAsync<long>($"select version from official where id = '{own}'");
        await (await directory.PutAsync($"officials/{own}/notice-phone", new { version, number = DirectoryFixture.FreshNumber(), reason = "Nomor saya sendiri" }))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "own-account");

        var official = await directory.OfficialAsync();
        await directory.AccountAsync(employeeNumber: official.String("employeeNumber"));
        var change = new { version = 1, number = DirectoryFixture.FreshNumber(), reason = "Ganti nomor" };
        await directory.Database.ExecuteAsync($"update account set official_id = null where official_id = '{own}'");
        try
        {
            await (await directory.PutAsync($"officials/{official.Id()}/notice-phone", change)).ShouldRefuseAsync(HttpStatusCode.Conflict, "account-unnamed");
        }
        finally
        {
            await directory.Database.ExecuteAsync($"update account set official_id = '{own}' where normalized_user_login = upper('{DirectoryFixture.AdminLogin}')");
        }

        (await directory.PutAsync($"officials/{official.Id()}/notice-phone", change)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task DIR_5_a_number_that_its_owner_has_proved_takes_effect_when_the_administrator_confirms_it()
    {
        var (owner, number) = (await OwnerAsync(), DirectoryFixture.FreshNumber());
        var code = await ProposeAsync(owner, number);
        (await WaitingAsync(owner)).ShouldBeNull("not proved yet");

        (await (await ProveAsync(owner, code)).ReadAsync()).GetProperty("isInUse").GetBoolean().ShouldBeFalse();

        var proposal = (await WaitingAsync(owner))!.Value;
        proposal.ToString().ShouldNotContain(number);
        directory.Bus.Received<ContactChanged>().ShouldNotContain(told => told.NoticePhone == number);
        var confirmed = await DecideAsync(owner, proposal.Id(), 1, isConfirmed: true).DoneAsync();
        confirmed.GetProperty("noticePhoneProvedAt").ValueKind.ShouldBe(JsonValueKind.String);
        (await directory.Bus.GetAsync<ContactChanged>(told => told.OfficialId == owner.Official.Id() && told.Version == 2)).NoticePhone.ShouldBe(number);
        (await directory.Bus.GetAsync<SendSms>(sms => sms.To == owner.Number)).Purpose.ShouldBe(SmsPurpose.Notice);
        (await WaitingAsync(owner)).ShouldBeNull();
        foreach (var act in new[] { "ProposeNoticePhone", "ProveNoticePhone", "DecideNoticePhone" })
            (await directory.Database.ScalarAsync<long>($"select count(*) from audit_entry where act = '{act}' and subject_id = '{owner.Official.Id()}'")).ShouldBe(1, act);
        await (await DecideAsync(owner, proposal.Id(), 2, isConfirmed: true)).ShouldRefuseAsync(HttpStatusCode.Conflict, "notice-phone-unproved");
    }

    [Fact]
    public async Task DIR_5_what_the_administrator_enters_is_not_proved_until_its_owner_enters_the_code()
    {
        var (owner, number) = (await OwnerAsync(), DirectoryFixture.FreshNumber());
        var entered = await directory.PutAsync($"officials/{owner.Official.Id()}/notice-phone", new { version = 1, number, reason = "Surat 12/2026" }).DoneAsync();
        entered.GetProperty("noticePhoneProvedAt").ValueKind.ShouldBe(JsonValueKind.Null);
        (await (await owner.Client.GetAsync("/api/directory/me")).ReadAsync()).GetProperty("official").GetProperty("noticePhoneProvedAt").ValueKind.ShouldBe(JsonValueKind.Null);

        (await (await ProveAsync(owner, await ProposeAsync(owner, number))).ReadAsync()).GetProperty("isInUse").GetBoolean().ShouldBeTrue();

        (await (await owner.Client.GetAsync("/api/directory/me")).ReadAsync()).GetProperty("official").GetProperty("noticePhoneProvedAt").ValueKind.ShouldBe(JsonValueKind.String);
        (await WaitingAsync(owner)).ShouldBeNull("there is nothing to confirm");
        // The proof is a version of its own: who has not seen it does not write over it, and every copy hears of each.
        var stale = await directory.PutAsync($"officials/{owner.Official.Id()}/notice-phone", new { version = 2, number = DirectoryFixture.FreshNumber(), reason = "Surat 13/2026" });
        await stale.ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");
        (await stale.ReadAsync()).GetProperty("current").GetProperty("noticePhoneProvedAt").ValueKind.ShouldBe(JsonValueKind.String);
        await directory.Bus.GetAsync<ContactChanged>(told => told.OfficialId == owner.Official.Id() && told.Version == 3 && told.NoticePhone == number);
        await directory.Bus.GetAsync<OfficialChanged>(told => told.OfficialId == owner.Official.Id() && told.Version == 3);
        var next = await directory.PutAsync($"officials/{owner.Official.Id()}/notice-phone", new { version = 3, number = DirectoryFixture.FreshNumber(), reason = "Surat 13/2026" }).DoneAsync();
        next.GetProperty("noticePhoneProvedAt").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task DIR_5_a_proof_at_the_moment_of_another_number_does_not_prove_that_one()
    {
        var (owner, number) = (await OwnerAsync(), DirectoryFixture.FreshNumber());
        var code = await ProposeAsync(owner, owner.Number);
        directory.Other.BeforeSave = async () => (await ProveAsync(owner, code)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await (await directory.PutAsync($"officials/{owner.Official.Id()}/notice-phone", new { version = 1, number, reason = "Surat 12/2026" }))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");

        (await directory.PutAsync($"officials/{owner.Official.Id()}/notice-phone", new { version = 2, number, reason = "Surat 12/2026" }).DoneAsync())
            .GetProperty("noticePhoneProvedAt").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task DIR_5_a_number_that_the_administrator_enters_hears_of_it_also_where_there_was_none_before()
    {
        var (official, number) = (await directory.OfficialAsync(), DirectoryFixture.FreshNumber());
        await directory.PutAsync($"officials/{official.Id()}/notice-phone", new { version = 1, number, reason = "Surat 12/2026" }).DoneAsync();
        var told = await directory.Bus.GetAsync<SendSms>(sms => sms.To == number);
        (told.Purpose, told.Text.Contains("nomor pemberitahuan", StringComparison.Ordinal)).ShouldBe((SmsPurpose.Notice, true));

        await directory.PutAsync($"officials/{official.Id()}/notice-phone", new { version = 2, number, reason = "Surat 12/2026 lagi" }).DoneAsync();
        await directory.PutAsync($"officials/{official.Id()}/notice-phone", new { version = 3, number = (string?)null, reason = "Surat 13/2026" }).DoneAsync();
        var replaced = await directory.Bus.GetAsync<SendSms>(sms => sms.To == number && sms.SmsId != told.SmsId);
        replaced.Text.ShouldContain("mengganti");
    }

    [Fact]
    public async Task DIR_5_the_administrator_refuses_a_number_and_nothing_changes()
    {
        var (owner, number) = (await OwnerAsync(), DirectoryFixture.FreshNumber());
        await ProveAsync(owner, await ProposeAsync(owner, number));
        await DecideAsync(owner, (await WaitingAsync(owner))!.Value.Id(), 1, isConfirmed: false).DoneAsync();
        (await WaitingAsync(owner)).ShouldBeNull();
        (await directory.Database.ScalarAsync<bool>($"select notice_phone = '{owner.Number}' and version = 1 from official where id = '{owner.Official.Id()}'")).ShouldBeTrue();
    }

    [Fact]
    public async Task DIR_5_somebody_elses_number_is_not_told_apart_before_the_administrator_confirms()
    {
        var (owner, other) = (await OwnerAsync(), await OwnerAsync());
        await ProveAsync(owner, await ProposeAsync(owner, other.Number));
        await (await DecideAsync(owner, (await WaitingAsync(owner))!.Value.Id(), 1, isConfirmed: true)).ShouldRefuseAsync(HttpStatusCode.Conflict, "notice-phone-taken");
        (await WaitingAsync(owner)).ShouldNotBeNull();
    }

    [Fact]
    public async Task DIR_5_a_later_proposal_replaces_the_one_before_and_its_code()
    {
        var owner = await OwnerAsync();
        var first = await ProposeAsync(owner, DirectoryFixture.FreshNumber());
        var second = await ProposeAsync(owner, DirectoryFixture.FreshNumber());
        await (await ProveAsync(owner, first)).ShouldNameAsync("code");
        (await ProveAsync(owner, second)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var proved = (await WaitingAsync(owner))!.Value.Id();
        await ProposeAsync(owner, DirectoryFixture.FreshNumber());
        await (await DecideAsync(owner, proved, 1, isConfirmed: true)).ShouldRefuseAsync(HttpStatusCode.Conflict, "notice-phone-unproved");
    }

    [Fact]
    public async Task PLT_4_a_code_for_a_number_is_guessed_five_times_counts_ten_minutes_and_once()
    {
        var owner = await OwnerAsync();
        var code = await ProposeAsync(owner, DirectoryFixture.FreshNumber());
        await Task.WhenAll(Enumerable.Range(0, 8).Select(guess => ProveAsync(owner, $"{guess:00000000}")));
        await (await ProveAsync(owner, code)).ShouldNameAsync("code");

        code = await ProposeAsync(owner, DirectoryFixture.FreshNumber());
        var answers = await Task.WhenAll(ProveAsync(owner, code), ProveAsync(owner, code));
        answers.Count(answer => answer.IsSuccessStatusCode).ShouldBe(1);

        code = await ProposeAsync(owner, DirectoryFixture.FreshNumber());
        await (await owner.Client.PostAsJsonAsync(Own, new { number = DirectoryFixture.FreshNumber(), password = DirectoryFixture.AdminPassword }))
            .ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "too-many-codes");
        directory.Clock.Advance(TimeSpan.FromMinutes(11));
        await directory.SignInAdministratorAsync();
        owner = owner with { Client = await directory.SignedInAsync(owner.Client.DefaultRequestHeaders.GetValues("X-Login").Single(), DirectoryFixture.AdminPassword) };
        await (await ProveAsync(owner, code)).ShouldNameAsync("code");
    }

    [Fact]
    public async Task DIR_5_a_number_is_proposed_with_the_password_and_by_an_official()
    {
        var owner = await OwnerAsync();
        await (await owner.Client.PostAsJsonAsync(Own, new { number = DirectoryFixture.FreshNumber(), password = "bukan kata sandinya" })).ShouldNameAsync("password");
        await (await owner.Client.PostAsJsonAsync(Own, new { number = "021 123", password = DirectoryFixture.AdminPassword })).ShouldNameAsync("number");
        var nobodys = await directory.SignedInAsync((await directory.AccountAsync()).String("userLogin"), DirectoryFixture.AdminPassword);
        await (await nobodys.PostAsJsonAsync(Own, new { number = DirectoryFixture.FreshNumber(), password = DirectoryFixture.AdminPassword })).ShouldRefuseAsync(HttpStatusCode.Conflict, "account-unnamed");
        (await directory.Database.ScalarAsync<long>($"select count(*) from notice_phone_proposal where official_id = '{owner.Official.Id()}'")).ShouldBe(0);
    }

    [Fact]
    public async Task DIR_5_an_administrator_does_not_confirm_his_own_number()
    {
        var official = await directory.OfficialAsync(DirectoryFixture.FreshNumber());
        await directory.HolderAsync(official, await directory.PositionAsync());
        var account = await directory.AccountAsync(DirectoryFixture.AdminPassword, official.String("employeeNumber"), "Administrator");
        var owner = new Owner(official, "", await directory.SignedInAsync(account.String("userLogin"), DirectoryFixture.AdminPassword));
        await ProveAsync(owner, await ProposeAsync(owner, DirectoryFixture.FreshNumber()));
        var proposal = (await WaitingAsync(owner))!.Value.Id();
        await (await owner.Client.PostAsJsonAsync($"/api/directory/officials/{official.Id()}/notice-phone/decision",
            new { version = 1, proposalId = proposal, isConfirmed = true, reason = "Nomor saya" })).ShouldRefuseAsync(HttpStatusCode.Conflict, "own-account");
        await DecideAsync(owner, proposal, 1, isConfirmed: true).DoneAsync();
    }

    private async Task<Owner> OwnerAsync()
    {
        var number = DirectoryFixture.FreshNumber();
        var official = await directory.OfficialAsync(number);
        await directory.HolderAsync(official, await directory.PositionAsync());
        var login = (await directory.AccountAsync(employeeNumber: official.String("employeeNumber"))).String("userLogin");
        var client = await directory.SignedInAsync(login, DirectoryFixture.AdminPassword);
        client.DefaultRequestHeaders.Add("X-Login", login);
        return new(official, number, client);
    }

    /// <summary>The code that comes to the number.</summary>
    private async Task<string> ProposeAsync(Owner owner, string number)
    {
        (await owner.Client.PostAsJsonAsync(Own, new { number, password = DirectoryFixture.AdminPassword })).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var sms = await directory.Bus.GetAsync<SendSms>(sms => sms.To == number && sms.Purpose == SmsPurpose.OneTimeCode);
        return Code().Match(sms.Text).Value;
    }

    private static Task<HttpResponseMessage> ProveAsync(Owner owner, string code) => owner.Client.PostAsJsonAsync($"{Own}/proof", new { code });

    private Task<HttpResponseMessage> DecideAsync(Owner owner, Guid proposalId, long version, bool isConfirmed) =>
        directory.PostAsync($"officials/{owner.Official.Id()}/notice-phone/decision", new { version, proposalId, isConfirmed, reason = "Laporan pejabat" });

    private async Task<JsonElement?> WaitingAsync(Owner owner) =>
        (await directory.ItemsAsync("notice-phones/proposals")).Cast<JsonElement?>().SingleOrDefault(item => item!.Value.GetProperty("officialId").GetGuid() == owner.Official.Id());

    [GeneratedRegex(@"\b\d{8}\b", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();
}
