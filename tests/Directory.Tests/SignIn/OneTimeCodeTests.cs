using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Contracts.Notification;
using Directory.Tests.Testing;

namespace Directory.Tests.SignIn;

public sealed partial class OneTimeCodeTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>, IAsyncLifetime
{
    private const string Sessions = "/api/directory/sessions";
    private const string Password = "payung merah di teras";
    private const string Home = "198.51.100.7";

    // These tests turn the clock on.
    public async ValueTask InitializeAsync() => await directory.SignInAdministratorAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task DIR_2_the_owner_sets_his_password_at_the_first_sign_in_with_a_code_to_his_notice_phone()
    {
        var (login, phone) = await NewOfficialAsync();
        await (await directory.SignInAsync(login, Password)).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "sign-in-failed");

        await AskAsync(login.ToUpperInvariant());
        var sms = await directory.Bus.GetAsync<SendSms>(sms => sms.To == phone);

        (sms.Purpose, sms.Channel).ShouldBe((SmsPurpose.OneTimeCode, ""));
        sms.ExpiresAt!.Value.ShouldBeLessThanOrEqualTo(directory.Clock.GetUtcNow().AddMinutes(10));
        (await SetAsync(login, CodeIn(sms))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await (await directory.SignInAsync(login, Password)).ReadAsync()).GetProperty("setUp").GetArrayLength().ShouldBe(0);
        (await directory.Database.ScalarAsync<long>(
            $"select count(*) from audit_entry e where act = 'SetPasswordByCode' and actor = (select id::text from account where user_login = '{login}')")).ShouldBe(1);
    }

    [Fact]
    public async Task PLT_4_a_code_is_stored_hashed_counts_once_and_ends_the_sessions_of_the_lost_password()
    {
        var (login, phone) = await NewOfficialAsync();
        var code = await CodeAsync(login, phone);
        (await directory.Database.ScalarAsync<long>($"select count(*) from one_time_code where hash like '%{code}%'")).ShouldBe(0);
        (await SetAsync(login, code)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var client = await directory.SignedInAsync(login, Password);
        var again = await CodeAsync(login, phone);
        again.ShouldNotBe(code);

        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(number => SetAsync(login, again, $"lampu hijau di teras {number}")));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.NoContent).ShouldBe(1);
        await Eventually.TrueAsync(async () => (await client.GetAsync("/api/directory/me")).StatusCode == HttpStatusCode.Unauthorized, seconds: 5);
        (await directory.SignInAsync(login, Password)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await (await SetAsync(login, code)).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "one-time-code-failed");
    }

    [Fact]
    public async Task PLT_4_a_code_is_over_after_ten_minutes_and_after_five_tries()
    {
        var (login, phone) = await NewOfficialAsync();
        var old = await CodeAsync(login, phone);
        directory.Clock.Advance(TimeSpan.FromMinutes(11));
        await (await SetAsync(login, old)).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "one-time-code-failed");

        var guessed = await CodeAsync(login, phone);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(guess => SetAsync(login, $"{guess:00000000}")));
        await (await SetAsync(login, guessed)).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "one-time-code-failed");
        (await directory.SignInAsync(login, Password)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task PLT_4_a_bad_password_does_not_cost_the_code()
    {
        var (login, phone) = await NewOfficialAsync();
        var code = await CodeAsync(login, phone);
        foreach (var bad in new[] { "pendek", "password12345", $"{login} di teras", "siti sayang mama", "dinas pasti bisa" })
            await (await SetAsync(login, code, bad)).ShouldNameAsync("password");
        (await SetAsync(login, code)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task PLT_4_asking_for_a_code_tells_nobody_which_logins_exist()
    {
        var known = (await NewOfficialAsync()).Login;
        var withoutPhone = (await directory.AccountAsync(Password, await directory.HolderAsync())).String("userLogin");
        var nobodys = (await directory.AccountAsync(Password)).String("userLogin");
        var closed = (await NewOfficialAsync()).Login;
        await directory.Database.ExecuteAsync($"update account set enabled = false where user_login = '{closed}'");
        var unknown = DirectoryFixture.Fresh("tidak-ada");
        string[] logins = [known, withoutPhone, nobodys, closed, unknown];

        var asked = await Task.WhenAll(logins.Select(AskAsync));
        var tried = await Task.WhenAll(logins.Select(login => SetAsync(login, "00000000")));

        (await Task.WhenAll(asked.Select(DescribeAsync))).Distinct().Count().ShouldBe(1);
        (await Task.WhenAll(tried.Select(DescribeAsync))).Distinct().Count().ShouldBe(1);
        // The same work: each left the same row behind, and nothing else happened before the answer.
        await Eventually.TrueAsync(async () => await directory.Database.ScalarAsync<long>(
            $"select count(*) from one_time_code_request where handled_at is not null and normalized_user_login in ({Quoted(logins)})") == logins.Length);
        (await directory.Database.ScalarAsync<long>(
            $"select count(*) from one_time_code c join account a on a.id = c.account_id where a.normalized_user_login in ({Quoted(logins)})")).ShouldBe(1);
    }

    [Fact]
    public async Task PLT_4_a_telephone_is_not_rung_without_end_also_not_by_requests_at_once()
    {
        await directory.StartInstanceAsync();
        var (login, phone) = await NewOfficialAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AskAsync(login)));
        await HandledAsync();
        (await SentAsync(phone, 3)).ShouldBe(3);

        directory.Clock.Advance(TimeSpan.FromMinutes(16));
        await CodeAsync(login, phone);
    }

    [Fact]
    public async Task PLT_4_what_a_login_has_used_up_and_whether_its_owner_has_got_in_nobody_sees_at_the_door()
    {
        var (login, phone) = await NewOfficialAsync();
        var unknown = DirectoryFixture.Fresh("tidak-ada");
        var (of, ofNobody) = (new List<string>(), new List<string>());
        var code = "";
        for (var asked = 0; asked < 12; asked++)
        {
            if (asked < 3)
                code = await CodeAsync(login, phone);
            else
                of.Add(await DescribeAsync(await AskAsync(login)));
            if (asked == 6)
                (await SetAsync(login, code)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
            ofNobody.Add(await DescribeAsync(await AskAsync(unknown)));
        }

        of.Concat(ofNobody).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task PLT_4_a_network_asks_so_often_and_no_more_however_many_addresses_it_has_and_whoever_gets_in()
    {
        var (login, phone) = await NewOfficialAsync();
        var code = await CodeAsync(login, phone, "2001:db8:7:7::1");
        await Task.WhenAll(Enumerable.Range(2, 99).Select(n => AskFromAsync($"2001:db8:7:7::{n:x}", DirectoryFixture.Fresh("tidak-ada"))));
        await (await AskFromAsync("2001:db8:7:7:ffff::1", login)).ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "too-many-requests");
        (await AskFromAsync("2001:db8:7:8::1", login)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await HandledAsync();

        (await SetFromAsync("2001:db8:7:7::2", login, CodeIn(directory.Bus.Received<SendSms>().Last(sms => sms.To == phone)))).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        code.ShouldNotBeEmpty();
        await (await AskFromAsync("2001:db8:7:7::3", login)).ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "too-many-requests");
    }

    [Fact]
    public async Task PLT_4_a_code_that_went_to_a_lost_telephone_is_void_with_what_the_administrator_does_about_it()
    {
        var (login, phone) = await NewOfficialAsync();
        var account = await directory.AccountNowAsync(login);
        var official = (await directory.ItemsAsync($"officials?employeeNumber={account.String("employeeNumber")}")).Single();

        var code = await CodeAsync(login, phone);
        await directory.AdvanceAsync(TimeSpan.FromSeconds(1));
        await directory.PutAsync($"officials/{official.Id()}/notice-phone", new { version = official.Version(), number = DirectoryFixture.FreshNumber(), reason = "Telepon hilang" }).DoneAsync();
        await (await SetAsync(login, code)).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "one-time-code-failed");

        var (second, secondPhone) = await NewOfficialAsync();
        code = await CodeAsync(second, secondPhone);
        (await directory.PostAsync($"accounts/{(await directory.AccountNowAsync(second)).Id()}/sessions/end", new { reason = "Telepon hilang" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await (await SetAsync(second, code)).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "one-time-code-failed");
    }

    [Fact]
    public async Task PLT_4_a_stranger_who_uses_the_codes_of_a_day_up_keeps_the_owner_out_for_no_moment()
    {
        var (login, phone) = await NewOfficialAsync();
        var code = "";
        for (var asked = 0; asked < 10; asked++)
        {
            code = await CodeAsync(login, phone, from: $"203.0.{asked}.1");
            directory.Clock.Advance(TimeSpan.FromMinutes(6));
        }

        (await AskAsync(login)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await directory.AdvanceAsync(TimeSpan.FromHours(12));
        (await AskAsync(login)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await HandledAsync();
        (await SentAsync(phone, 10)).ShouldBe(10);

        (await SetAsync(login, code)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        // He has got in, so the budget is his again.
        (await SetAsync(login, await CodeAsync(login, phone), "lampu hijau di teras")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task PLT_4_the_last_code_of_a_quarter_of_an_hour_counts_until_another_may_be_asked_for()
    {
        var (login, phone) = await NewOfficialAsync();
        await CodeAsync(login, phone);
        await CodeAsync(login, phone);
        var last = await CodeAsync(login, phone);
        directory.Clock.Advance(TimeSpan.FromMinutes(14));
        (await AskAsync(login)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await HandledAsync();
        (await SentAsync(phone, 3)).ShouldBe(3);
        (await SetAsync(login, last)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task PLT_4_a_stranger_who_guesses_uses_up_his_own_tries_and_not_the_owners()
    {
        var (login, phone) = await NewOfficialAsync();
        var code = await CodeAsync(login, phone);
        await Task.WhenAll(Enumerable.Range(0, 12).Select(guess => SetFromAsync("203.0.113.9", login, $"{guess:00000000}")));
        await (await SetFromAsync("203.0.113.200", login, code)).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "one-time-code-failed");
        (await directory.Database.ScalarAsync<int>(
            $"select tries_left from one_time_code c join account a on a.id = c.account_id where user_login = '{login}'")).ShouldBe(495);

        (await SetAsync(login, code)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task DIR_5_whoever_enters_a_code_has_proved_the_number_that_it_was_sent_to()
    {
        var (login, phone) = await NewOfficialAsync();
        Task<bool> ProvedAsync() => directory.Database.ScalarAsync<bool>($"select notice_phone_proved_at is not null from official where notice_phone = '{phone}'");
        (await ProvedAsync()).ShouldBeFalse();
        (await SetAsync(login, await CodeAsync(login, phone))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await ProvedAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task PLT_4_two_instances_send_one_sms_for_one_request()
    {
        await directory.StartInstanceAsync();
        var (login, phone) = await NewOfficialAsync();
        await AskAsync(login);
        await directory.Bus.GetAsync<SendSms>(sms => sms.To == phone);
        await Eventually.TrueAsync(async () => await directory.Database.ScalarAsync<long>("select count(*) from one_time_code_request where handled_at is null") == 0);
        directory.Bus.Received<SendSms>().Where(sms => sms.To == phone).Select(sms => sms.SmsId).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task PLT_4_requests_for_one_login_that_two_instances_answer_at_once_stop_neither()
    {
        await directory.StartInstanceAsync();
        for (var round = 0; round < 3; round++)
        {
            var (login, phone) = await NewOfficialAsync();
            var answers = await Task.WhenAll(AskAsync(login), AskAsync(login), AskAsync(login));
            answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.Accepted);
            await Eventually.TrueAsync(() => Task.FromResult(directory.Bus.Received<SendSms>().Where(sms => sms.To == phone).Select(sms => sms.SmsId).Distinct().Count() == 3));
            (await directory.Database.ScalarAsync<long>(
                $"select count(*) from one_time_code c join account a on a.id = c.account_id where a.user_login = '{login}'")).ShouldBe(1);
        }
    }

    [Fact]
    public async Task PLT_4_a_request_that_cannot_be_answered_holds_back_no_other()
    {
        var (refused, _) = await NewOfficialAsync();
        var (login, phone) = await NewOfficialAsync();
        await directory.Database.ExecuteAsync($"""
            create function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused' using errcode = '23514'; end $$;
            create trigger refuse before insert on audit_entry for each row
              when (new.act = 'SendOneTimeCodes' and new.subject_id = '{(await directory.AccountNowAsync(refused)).Id()}') execute function refuse();
            """);
        (await AskAsync(refused)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await CodeAsync(login, phone);
        await Eventually.TrueAsync(async () => await directory.Database.ScalarAsync<long>("select count(*) from one_time_code_request where handled_at is null") == 0);
        (await directory.Database.ScalarAsync<long>(
            $"select count(*) from one_time_code c join account a on a.id = c.account_id where a.user_login = '{refused}'")).ShouldBe(0);
    }

    [Fact]
    public async Task PLT_4_the_telephone_alone_opens_no_account_with_a_second_factor()
    {
        var phone = DirectoryFixture.FreshNumber();
        var login = (await directory.AccountAsync(Password, await directory.HolderAsync(noticePhone: phone), "Chair")).String("userLogin");
        await directory.SignedInAsync(login, Password);
        (await SetAsync(login, await CodeAsync(login, phone), "lampu hijau di teras")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await directory.SignInAsync(login, "lampu hijau di teras")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await directory.SignInAsync(login, "lampu hijau di teras", await directory.NextCodeAsync(directory.SecretOf(login)))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task<(string Login, string Phone)> NewOfficialAsync()
    {
        var phone = DirectoryFixture.FreshNumber();
        var account = await directory.CreatedAsync("accounts", new
        {
            userLogin = DirectoryFixture.Fresh("pejabat"),
            roles = Array.Empty<string>(),
            employeeNumber = await directory.HolderAsync(noticePhone: phone),
        });
        account.GetProperty("hasPassword").GetBoolean().ShouldBeFalse();
        return (account.String("userLogin"), phone);
    }

    private Task<HttpResponseMessage> AskAsync(string userLogin) => AskFromAsync(Home, userLogin);

    private Task<HttpResponseMessage> AskFromAsync(string address, string userLogin) => From(address).PostAsJsonAsync($"{Sessions}/codes", new { userLogin });

    private Task<HttpResponseMessage> SetAsync(string userLogin, string code, string password = Password) => SetFromAsync(Home, userLogin, code, password);

    private Task<HttpResponseMessage> SetFromAsync(string address, string userLogin, string code, string password = Password) =>
        From(address).PostAsJsonAsync($"{Sessions}/password", new { userLogin, code, password });

    private HttpClient From(string address)
    {
        var client = directory.Client();
        client.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        return client;
    }

    private async Task<string> CodeAsync(string login, string phone, string from = Home)
    {
        var before = directory.Bus.Received<SendSms>().Select(sms => sms.SmsId).ToHashSet();
        (await AskFromAsync(from, login)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        return CodeIn(await directory.Bus.GetAsync<SendSms>(sms => sms.To == phone && !before.Contains(sms.SmsId)));
    }

    private Task HandledAsync() => Eventually.TrueAsync(async () =>
        await directory.Database.ScalarAsync<long>("select (select count(*) from one_time_code_request where handled_at is null) + (select count(*) from outbox)") == 0);

    /// <summary>As soon as there are so many.</summary>
    private Task<int> SentAsync(string phone, int most) => Eventually.GetAsync(
        () => Task.FromResult(directory.Bus.Received<SendSms>().Where(sms => sms.To == phone).Select(sms => sms.SmsId).Distinct().Count()), count => count >= most);

    private static string CodeIn(SendSms sms) => Code().Match(sms.Text).Value;

    private static async Task<string> DescribeAsync(HttpResponseMessage answer)
    {
        var body = await answer.Content.ReadAsStringAsync();
        var told = body.Length == 0 ? "" : string.Join('|', JsonDocument.Parse(body).RootElement.EnumerateObject().Where(p => p.Name != "traceId").Select(p => p.ToString()));
        return $"{answer.StatusCode} {string.Join(',', answer.Headers.Select(header => header.Key))} {told}";
    }

    private static string Quoted(IEnumerable<string> logins) => string.Join(',', logins.Select(login => $"'{login.ToUpperInvariant()}'"));

    [GeneratedRegex(@"\b\d{8}\b", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();
}
