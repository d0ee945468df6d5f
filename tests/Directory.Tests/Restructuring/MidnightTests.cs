using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Directory.Tests.Testing;
using InboundSms.Storage;

namespace Directory.Tests.Restructuring;

/// <summary>DIR-6 through two services: what a citizen writes and who may answer follow the reorganisation, although nothing ran when it took effect.</summary>
public sealed class MidnightTests
{
    private static readonly DateTimeOffset Midnight = new(2026, 1, 5, 17, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task DIR_6_a_reorganisation_at_midnight_in_Jakarta_with_the_services_down_is_right_everywhere_after_they_start()
    {
        await using var directory = new DirectoryFixture();
        await directory.InitializeAsync();
        await using var inbox = new Inbox { SharedBroker = directory.Broker };
        await inbox.InitializeAsync();
        await using var notification = new CopiesFixture.Copier<Notification.Storage.NotificationDb>("notification") { SharedBroker = directory.Broker };
        await notification.InitializeAsync();
        var keyword = DirectoryFixture.Fresh("LAMA");
        var (old, successor) = (await directory.PositionAsync(keyword), await directory.PositionAsync());
        var (leaving, staying) = (DirectoryFixture.FreshNumber(), DirectoryFixture.FreshNumber());
        var (before, after) = (await HolderAsync(directory, old, leaving), await HolderAsync(directory, successor, staying));
        Task<string> NumbersAsync() => notification.Database.ScalarAsync<string>(
            "select coalesce(string_agg(notice_phone, ',' order by notice_phone), '') from contacts.contact");
        await Eventually.GetAsync(NumbersAsync, numbers => numbers == $"{leaving},{staying}");
        await Eventually.TrueAsync(() => inbox.Database.ScalarAsync<bool>(
            $"select (select count(*) from organisation.assignment) = 2 and exists (select from organisation.position_keyword where word = '{keyword}')"));
        (await directory.Administrator.PostAsJsonAsync("/api/directory/reorganisations", new
        {
            name = "Penggabungan dinas",
            decree = "Perda 1/2026",
            effectiveAt = "2026-01-06",
            steps = new object[]
            {
                new { act = "MergeUnits", unitCodes = new[] { old.String("unitCode") }, intoCode = successor.String("unitCode") },
                new { act = "MoveKeyword", fromPositionCode = old.String("code"), toPositionCode = successor.String("code") },
                new { act = "ClosePosition", positionCode = old.String("code"), successorCode = successor.String("code") },
            },
        })).StatusCode.ShouldBe(HttpStatusCode.Created);
        await inbox.ReceiveAsync($"{keyword} sebelum tengah malam");
        (await inbox.TextsAsync(await TokenAsync(directory, before), 1)).ShouldBe([$"{keyword} sebelum tengah malam"]);

        // Directory is down from the evening on; what comes in during the night is received, by what is known; then all is down.
        await directory.StopAsync();
        var halfPast = Midnight.AddMinutes(30);
        inbox.Clock.Advance(halfPast - inbox.Clock.GetUtcNow());
        await inbox.ReceiveAsync($"{keyword} setelah tengah malam");
        await Eventually.TrueAsync(() => inbox.Database.ScalarAsync<bool>("select count(*) = 2 from sms_case"));
        await Task.WhenAll(inbox.StopAsync(), notification.StopAsync());

        directory.Clock.Advance(Midnight.AddHours(6) - directory.Clock.GetUtcNow());
        inbox.Clock.Advance(Midnight.AddHours(6) - inbox.Clock.GetUtcNow());
        notification.Clock.Advance(Midnight.AddHours(6) - notification.Clock.GetUtcNow());
        await Task.WhenAll(directory.StartInstanceAsync(), inbox.StartInstanceAsync(), notification.StartInstanceAsync());
        await Eventually.TrueAsync(() => inbox.Database.ScalarAsync<bool>(
            $"select exists (select from organisation.position_keyword where position_id = '{successor.Id()}' and word = '{keyword}')"));

        await inbox.ReceiveAsync($"{keyword} pagi hari");
        (await inbox.TextsAsync(await TokenAsync(directory, after), 3)).ShouldBe(
            [$"{keyword} pagi hari", $"{keyword} setelah tengah malam", $"{keyword} sebelum tengah malam"], ignoreOrder: true);
        (await inbox.Database.ScalarAsync<Guid>($"select position_id from sms_case order by received_at desc limit 1")).ShouldBe(successor.Id());
        // Whose post is closed holds nothing any more, in every service.
        (await inbox.Database.ScalarAsync<DateTime>($"select valid_to from organisation.assignment where position_id = '{old.Id()}'")).ShouldBe(Midnight.UtcDateTime);
        // Whoever holds nothing more is reached by no notice, also in the copy of the one who sends them.
        (await Eventually.GetAsync(NumbersAsync, numbers => !numbers.Contains(leaving, StringComparison.Ordinal))).ShouldBe(staying);
        // His account has closed with his last assignment.
        (await directory.SignInAsync(before, DirectoryFixture.AdminPassword)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await Eventually.TrueAsync(async () => await directory.Database.ScalarAsync<bool>($"select not enabled from account where user_login = '{before}'"));
    }

    /// <summary>An official on the post; his login.</summary>
    private static async Task<string> HolderAsync(DirectoryFixture directory, JsonElement position, string noticePhone)
    {
        var employeeNumber = (await directory.OfficialAsync(noticePhone)).String("employeeNumber");
        (await directory.Administrator.PostAsJsonAsync("/api/directory/assignments", new { employeeNumber, positionCode = position.String("code") })).EnsureSuccessStatusCode();
        return (await directory.AccountAsync(DirectoryFixture.AdminPassword, employeeNumber)).String("userLogin");
    }

    private static async Task<string> TokenAsync(DirectoryFixture directory, string login)
    {
        var answer = await Eventually.GetAsync(() => directory.SignInAsync(login, DirectoryFixture.AdminPassword), signedIn => signedIn.IsSuccessStatusCode);
        return (await answer.ReadAsync()).String("accessToken");
    }

    private sealed class Inbox() : ServiceFixture<InboundSmsDb>("inboundsms")
    {
        private const string Secret = "kannel-uji";
        private static int _sender = 10_000_000;

        protected override IEnumerable<KeyValuePair<string, string?>> Settings => new Dictionary<string, string?>
        {
            ["Channels:kannel:Type"] = "Kannel",
            ["Channels:kannel:User"] = "kannel",
            ["Channels:kannel:Secret"] = Secret,
            ["Channels:kannel:Numbers:0"] = "+6281100000001",
        };

        public async Task ReceiveAsync(string text)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/webhooks/sms/kannel?id={Guid.CreateVersion7()}&ts=1767578400&c=0");
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"kannel:{Secret}")));
            request.Headers.TryAddWithoutValidation("X-Kannel-From", $"+62812{Interlocked.Increment(ref _sender)}");
            request.Headers.TryAddWithoutValidation("X-Kannel-To", "+6281100000001");
            request.Content = new StringContent(text, Encoding.UTF8, "text/plain");
            (await Client().SendAsync(request)).EnsureSuccessStatusCode();
        }

        /// <summary>What the bearer of the token finds in his inbox, as soon as it is so many.</summary>
        public async Task<List<string>> TextsAsync(string token, int count)
        {
            using var client = Client();
            client.Use(token);
            return await Eventually.GetAsync(async () =>
            {
                var answer = await client.GetAsync("/api/inbound-sms/messages");
                return answer.IsSuccessStatusCode
                    ? [.. (await answer.ReadAsync()).GetProperty("items").EnumerateArray().Select(item => item.String("text"))]
                    : new List<string>();
            }, texts => texts.Count >= count);
        }
    }
}
