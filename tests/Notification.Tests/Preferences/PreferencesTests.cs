using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Notification;
using Notification.Tests.Testing;

namespace Notification.Tests.Preferences;

public sealed class PreferencesTests(NotificationFixture service) : IClassFixture<NotificationFixture>
{
    private const string Path = "/api/notifications/preferences";

    [Fact]
    public async Task NOT_5_an_official_chooses_how_he_is_told_and_who_counts_hears_of_it()
    {
        var bus = await service.StartBusAsync(typeof(NoticePreferencesChanged));
        await using var _ = bus;
        var official = Guid.CreateVersion7();
        using var client = service.Client(official);
        (await ShownAsync(client)).ShouldBe("""{"hourlyNotices":true,"dailyAt":null,"quietFrom":null,"quietTo":null}""");
        await PutAsync(client, new { hourlyNotices = false, dailyAt = "07:15", quietFrom = "20:00", quietTo = "05:30" });
        (await ShownAsync(client)).ShouldBe("""{"hourlyNotices":false,"dailyAt":"07:15","quietFrom":"20:00","quietTo":"05:30"}""");
        (await bus.GetAsync<NoticePreferencesChanged>(chosen => chosen.OfficialId == official)).ShouldBe(
            new() { OfficialId = official, HourlyNotices = false, DailyAt = "07:15", QuietFrom = "20:00", QuietTo = "05:30", Version = 1 });

        await PutAsync(client, new { hourlyNotices = true });
        (await ShownAsync(client)).ShouldBe("""{"hourlyNotices":true,"dailyAt":null,"quietFrom":null,"quietTo":null}""");
        // His own alone.
        (await ShownAsync(service.Client(Guid.CreateVersion7()))).ShouldContain("\"quietFrom\":null");
    }

    [Fact]
    public async Task NOT_5_of_choices_at_once_each_has_its_version_and_the_last_one_stays()
    {
        var bus = await service.StartBusAsync(typeof(NoticePreferencesChanged));
        await using var _ = bus;
        var official = Guid.CreateVersion7();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => PutAsync(service.Client(official), new { hourlyNotices = true, dailyAt = $"{n + 8:00}:00" })));
        await bus.GetAsync<NoticePreferencesChanged>(chosen => chosen.OfficialId == official && chosen.Version == 8);
        await Eventually.TrueAsync(() => Task.FromResult(Told().Count == 8));
        Told().Select(chosen => chosen.Version).Order().ShouldBe([1, 2, 3, 4, 5, 6, 7, 8]);
        (await ShownAsync(service.Client(official))).ShouldContain($"\"dailyAt\":\"{Told().MaxBy(chosen => chosen.Version)!.DailyAt}\"");

        List<NoticePreferencesChanged> Told() => [.. bus.Received<NoticePreferencesChanged>().Where(chosen => chosen.OfficialId == official).DistinctBy(chosen => chosen.Version)];
    }

    public static TheoryData<string, string> Wrong => new()
    {
        { "{}", "hourlyNotices" },
        { """{"hourlyNotices":true,"dailyAt":"05:45"}""", "dailyAt" },
        { """{"hourlyNotices":true,"dailyAt":"20:15"}""", "dailyAt" },
        { """{"hourlyNotices":true,"dailyAt":"08:05"}""", "dailyAt" },
        { """{"hourlyNotices":true,"dailyAt":"24:00"}""", "dailyAt" },
        { """{"hourlyNotices":true,"dailyAt":"08.00"}""", "dailyAt" },
        { """{"hourlyNotices":true,"dailyAt":"08:00\n"}""", "dailyAt" },
        { """{"hourlyNotices":true,"quietFrom":"21:00"}""", "quietTo" },
        { """{"hourlyNotices":true,"quietTo":"21:00"}""", "quietFrom" },
        { """{"hourlyNotices":true,"quietFrom":"18:00","quietTo":"06:01"}""", "quietTo" },
        { """{"hourlyNotices":true,"quietFrom":"malam","quietTo":"pagi"}""", "quietFrom" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task NOT_5_what_cannot_be_chosen_is_refused_by_its_field_and_changes_nothing(string body, string field)
    {
        var official = Guid.CreateVersion7();
        using var client = service.Client(official);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var answer = await client.PutAsync(Path, content);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldContain(field);
        (await service.Database.ScalarAsync<long>($"select count(*) from preference where official_id = '{official}'")).ShouldBe(0);
    }

    [Fact]
    public async Task NOT_5_an_account_of_no_official_has_nothing_to_choose()
    {
        using var client = service.Client(roles: ServiceDefaults.SignIn.Roles.Administrator);
        (await client.GetAsync(Path)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await client.PutAsJsonAsync(Path, new { hourlyNotices = true })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await service.Client().GetAsync(Path)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static async Task<string> ShownAsync(HttpClient client) => await client.GetStringAsync(Path);

    private static async Task PutAsync(HttpClient client, object body) => (await client.PutAsJsonAsync(Path, body)).EnsureSuccessStatusCode();
}
