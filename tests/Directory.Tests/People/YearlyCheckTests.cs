using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Contracts.Notification;
using Directory.People;
using Directory.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.SignIn;

namespace Directory.Tests.People;

/// <summary>BRO-9, DIR-5: the register of numbers is looked over once a year.</summary>
public sealed partial class YearlyCheckTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>, IAsyncLifetime
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    // They turn the clock on.
    public async ValueTask InitializeAsync() => await directory.SignInAdministratorAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task BRO_9_a_number_is_due_a_year_after_it_was_last_entered_proved_or_found_right()
    {
        var (young, entered, proved, found, unknown) = (await OfficialAsync(364), await OfficialAsync(366), await OfficialAsync(900), await OfficialAsync(900), await OfficialAsync(1));
        var without = await directory.OfficialAsync();
        await SetAsync(proved, "notice_phone_proved_at", 364);
        await SetAsync(found, "notice_phone_checked_at", 364);
        await directory.Database.ExecuteAsync($"update official set notice_phone_since = null where id = '{unknown.Id()}'");
        (await DueAsync(young, entered, proved, found, unknown, without)).ShouldBe([unknown.Id(), entered.Id()], "the longest first");

        var item = (await directory.ItemsAsync("notice-phones/due")).Single(item => item.GetProperty("officialId").GetGuid() == entered.Id());
        item.GetProperty("numberMasked").GetString()!.ShouldContain("••••");
        item.GetProperty("rightAt").GetDateTimeOffset().ShouldBe(directory.Clock.GetUtcNow() - (366 * Day), Day);
        (await directory.Administrator.GetAsync("/api/directory/notice-phones/due?cursor=x")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task BRO_9_the_administrator_finds_a_number_right_for_another_year()
    {
        var official = await OfficialAsync(366);
        await directory.PostAsync($"officials/{official.Id()}/notice-phone/check", new { version = 1, reason = "Ditelepon, benar" }).DoneAsync();
        (await DueAsync(official)).ShouldBeEmpty();
        (await directory.Database.ScalarAsync<long>($"select count(*) from audit_entry where act = 'CheckNoticePhone' and subject_id = '{official.Id()}'")).ShouldBe(1);
        // Another number is not the one that was found right.
        await directory.PutAsync($"officials/{official.Id()}/notice-phone", new { version = 2, number = DirectoryFixture.FreshNumber(), reason = "Ganti nomor" }).DoneAsync();
        (await directory.Database.ScalarAsync<bool>($"select notice_phone_checked_at is null from official where id = '{official.Id()}'")).ShouldBeTrue();

        (await directory.PostAsync($"officials/{official.Id()}/notice-phone/check", new { version = 3, reason = "" })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await directory.PostAsync($"officials/{Guid.CreateVersion7()}/notice-phone/check", new { version = 1, reason = "Ditelepon" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await (await directory.PostAsync($"officials/{(await directory.OfficialAsync()).Id()}/notice-phone/check", new { version = 1, reason = "Ditelepon" }))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "no-number");
    }

    [Fact]
    public async Task BRO_9_an_administrator_does_not_find_his_own_number_right()
    {
        var official = await OfficialAsync(366);
        await directory.HolderAsync(official, await directory.PositionAsync());
        var account = await directory.AccountAsync(DirectoryFixture.AdminPassword, official.String("employeeNumber"), Roles.Administrator);
        var owner = await directory.SignedInAsync(account.String("userLogin"), DirectoryFixture.AdminPassword);
        await (await owner.PostAsJsonAsync($"/api/directory/officials/{official.Id()}/notice-phone/check", new { version = 1, reason = "Nomor saya" }))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "own-account");
    }

    [Fact]
    public async Task BRO_9_the_owner_proves_his_number_again()
    {
        var number = DirectoryFixture.FreshNumber();
        var official = await OfficialAsync(366, number);
        await directory.HolderAsync(official, await directory.PositionAsync());
        var owner = await directory.SignedInAsync(official);
        (await DueAsync(official)).ShouldNotBeEmpty();
        (await owner.PostAsJsonAsync("/api/directory/me/notice-phone", new { number, password = DirectoryFixture.AdminPassword })).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var sms = await directory.Bus.GetAsync<SendSms>(sms => sms.To == number && sms.Purpose == SmsPurpose.OneTimeCode);
        (await owner.PostAsJsonAsync("/api/directory/me/notice-phone/proof", new { code = Code().Match(sms.Text).Value })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await DueAsync(official)).ShouldBeEmpty();
    }

    [Fact]
    public async Task BRO_9_owners_are_asked_once_and_again_after_a_month_and_the_administrators_hear_of_it()
    {
        var administrator = await OfficialAsync(1);
        await directory.HolderAsync(administrator, await directory.PositionAsync());
        var account = await directory.AccountAsync(DirectoryFixture.AdminPassword, administrator.String("employeeNumber"), Roles.Administrator);
        await directory.SignedInAsync(account.String("userLogin"), DirectoryFixture.AdminPassword);
        // Nobody of another test, and on a day on which nobody was told yet.
        await directory.Database.ExecuteAsync("update official set notice_phone_checked_at = null, notice_phone_proved_at = null, notice_phone_since = '2026-01-05T02:00Z'; truncate notice_phone_reminder");
        await directory.AdvanceAsync(Day);
        var (one, two) = (await OfficialAsync(366), await OfficialAsync(400));

        // Two instances, of which one tells.
        await Task.WhenAll(RemindAsync(), RemindAsync());
        await directory.Bus.GetAsync<NotifyOfficial>(notice => notice.OfficialId == administrator.Id() && notice.Text.StartsWith("2 nomor pejabat", StringComparison.Ordinal));
        (await ToldAsync(one, 1), await ToldAsync(two, 1)).ShouldBe((1, 1));
        (await directory.ItemsAsync("notice-phones/due")).ShouldAllBe(item => item.GetProperty("remindedAt").ValueKind == JsonValueKind.String);

        await directory.AdvanceAsync(Day);
        var late = await OfficialAsync(366);
        await RemindAsync();
        (await ToldAsync(late, 1), await ToldAsync(one, 1), await ToldAsync(two, 1)).ShouldBe((1, 1, 1));

        await directory.PostAsync($"officials/{two.Id()}/notice-phone/check", new { version = 1, reason = "Ditelepon" }).DoneAsync();
        await directory.AdvanceAsync(30 * Day);
        await RemindAsync();
        (await ToldAsync(one, 2), await ToldAsync(two, 1)).ShouldBe((2, 1));
    }

    /// <summary>An official whose number was entered so many days ago.</summary>
    private async Task<JsonElement> OfficialAsync(int days, string? number = null)
    {
        var official = await directory.OfficialAsync(number ?? DirectoryFixture.FreshNumber());
        await SetAsync(official, "notice_phone_since", days);
        return official;
    }

    private Task SetAsync(JsonElement official, string column, int days) =>
        directory.Database.ExecuteAsync($"update official set {column} = '{DirectoryFixture.Query(directory.Clock.GetUtcNow() - (days * Day))}' where id = '{official.Id()}'");

    /// <summary>Those of these officials whose number is due, as the list has them.</summary>
    private async Task<List<Guid>> DueAsync(params JsonElement[] officials) =>
        [.. (await directory.ItemsAsync("notice-phones/due")).Select(item => item.GetProperty("officialId").GetGuid()).Where(id => officials.Any(official => official.Id() == id))];

    private Task RemindAsync() => directory.Services.GetRequiredService<RemindOfNoticePhones>().RemindAsync(TestContext.Current.CancellationToken);

    /// <summary>How often he was asked, as soon as it is so often.</summary>
    private Task<int> ToldAsync(JsonElement official, int count) => Eventually.GetAsync(
        () => Task.FromResult(directory.Bus.Received<NotifyOfficial>().Where(notice => notice.OfficialId == official.Id()).DistinctBy(notice => notice.NoticeId).Count()), told => told >= count);

    [GeneratedRegex(@"\b\d{8}\b", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();
}
