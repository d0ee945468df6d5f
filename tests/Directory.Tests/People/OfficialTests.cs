using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Directory;
using Directory.Tests.Import;
using Directory.Tests.Testing;
using Npgsql;

namespace Directory.Tests.People;

public sealed class OfficialTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    private const string Officials = "/api/directory/officials";

    [Fact]
    public async Task DIR_1_an_official_is_registered_and_every_service_hears_how_to_reach_him()
    {
        var number = DirectoryFixture.FreshNumber();
        var senderId = DirectoryFixture.Fresh("DKS");

        var official = await directory.OfficialAsync(number.Replace("+62", "0"), senderId);

        official.String("noticePhoneMasked").ShouldContain("••••");
        var told = await directory.Bus.GetAsync<ContactChanged>(contact => contact.OfficialId == official.Id());
        told.NoticePhone.ShouldBe(number);
        told.SenderId.ShouldBe(senderId);
        told.Version.ShouldBe(1);
    }

    [Fact]
    public async Task DIR_1_a_name_is_corrected()
    {
        var official = await directory.OfficialAsync();
        var answer = await directory.Administrator.PatchAsJsonAsync($"{Officials}/{official.Id()}", new { version = 1, name = "Siti Rahayu, S.Sos., M.Si." });
        (await answer.ReadAsync()).String("name").ShouldBe("Siti Rahayu, S.Sos., M.Si.");
        await (await directory.Administrator.PatchAsJsonAsync($"{Officials}/{official.Id()}", new { version = 1, name = "Lain" }))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");
    }

    [Fact]
    public async Task DIR_5_a_change_of_the_notice_phone_takes_effect_everywhere_and_is_logged_with_its_reason()
    {
        var (before, after) = (DirectoryFixture.FreshNumber(), DirectoryFixture.FreshNumber());
        var official = await directory.OfficialAsync(before);

        var answer = await ChangeAsync(official, 1, after, "Nomor lama hilang, surat 12/2026");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain(after);
        var told = await directory.Bus.GetAsync<ContactChanged>(contact => contact.OfficialId == official.Id() && contact.Version == 2);
        told.NoticePhone.ShouldBe(after);

        var trail = await directory.Administrator.GetStringAsync($"/api/directory/audit?subjectId={official.Id()}");
        trail.ShouldContain("Nomor lama hilang, surat 12/2026");
        trail.ShouldNotContain(before);
        trail.ShouldNotContain(after);
        (await directory.Database.ScalarAsync<string>(
            $"select before ->> 'noticePhone' from audit_content join audit_entry on id = entry_id where act = 'ChangeNoticePhone' and subject_id = '{official.Id()}'"))
            .ShouldBe(before);
    }

    [Fact]
    public async Task DIR_5_a_notice_phone_is_one_persons_also_when_two_administrators_enter_it_at_once()
    {
        var number = DirectoryFixture.FreshNumber();
        var officials = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => directory.OfficialAsync()));

        var answers = await Task.WhenAll(officials.Select(official => ChangeAsync(official, 1, number, "Nomor baru")));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.OK))
            await refused.ShouldRefuseAsync(HttpStatusCode.Conflict, "notice-phone-taken");
        (await directory.Database.ScalarAsync<long>($"select count(*) from official where notice_phone = '{number}'")).ShouldBe(1);
    }

    [Fact]
    public async Task DIR_5_of_two_changes_of_one_persons_number_the_stale_one_is_refused()
    {
        var official = await directory.OfficialAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ChangeAsync(official, 1, DirectoryFixture.FreshNumber(), "Nomor baru")));
        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(3);
    }

    [Fact]
    public async Task DIR_5_without_a_reason_nothing_changes()
    {
        var official = await directory.OfficialAsync();
        await (await ChangeAsync(official, 1, DirectoryFixture.FreshNumber(), null)).ShouldNameAsync("reason");
        await (await ChangeAsync(official, 1, DirectoryFixture.FreshNumber(), " ")).ShouldNameAsync("reason");
        (await directory.Database.ScalarAsync<long>($"select count(*) from official where id = '{official.Id()}' and notice_phone is null")).ShouldBe(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0215551234")]
    [InlineData("1234")]
    [InlineData("TELKOMSEL")]
    [InlineData("+62 812")]
    [InlineData("0812-3456-7890-1234-5678")]
    [InlineData("\u0000")]
    public async Task DIR_5_only_a_mobile_number_is_a_notice_phone(string number)
    {
        var official = await directory.OfficialAsync();
        await (await ChangeAsync(official, 1, number, "Nomor baru")).ShouldNameAsync("number");
    }

    [Theory]
    [InlineData(DirectoryFixture.CityNumber, "notice-phone-city")]
    [InlineData("0811-0000-0001", "notice-phone-city")]
    [InlineData("+14155550123", "notice-phone-foreign")]
    [InlineData("+6591234567", "notice-phone-foreign")]
    public async Task DIR_5_no_notice_goes_to_the_citys_own_number_or_abroad(string number, string code)
    {
        var official = await directory.OfficialAsync();
        var client = await directory.SignedInAsync(await directory.OfficialAsync());
        foreach (var refused in new[]
        {
            await ChangeAsync(official, 1, number, "Nomor baru"),
            await directory.PostAsync("officials", new { employeeNumber = DirectoryFixture.Fresh("1982"), name = "Budi", noticePhone = number }),
            await client.PostAsJsonAsync("/api/directory/me/notice-phone", new { number, password = DirectoryFixture.AdminPassword }),
        })
        {
            await refused.ShouldRefuseAsync(HttpStatusCode.BadRequest, "invalid");
            (await refused.ReadAsync()).String("code").ShouldBe(code);
        }

        var tried = await directory.ImportAsync(System.Text.Encoding.UTF8.GetBytes($"nip;nama;nomor hp\n{DirectoryFixture.Fresh("1983")};Budi;{number}\n"), dryRun: true, "pejabat");
        tried.GetProperty("problems").EnumerateArray().Single().String("code").ShouldBe(code);
    }

    [Fact]
    public async Task DIR_4_the_administrator_sets_the_sender_id_of_an_official()
    {
        var official = await directory.OfficialAsync();
        var senderId = DirectoryFixture.Fresh("Kes");

        (await SetSenderIdAsync(official, 1, senderId)).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await directory.Bus.GetAsync<ContactChanged>(contact => contact.OfficialId == official.Id() && contact.Version == 2)).SenderId.ShouldBe(senderId);
        var other = await directory.OfficialAsync();
        await (await SetSenderIdAsync(other, 1, senderId.ToUpperInvariant())).ShouldRefuseAsync(HttpStatusCode.Conflict, "sender-id-taken");
    }

    [Theory]
    [InlineData("SEMBILAN9")]
    [InlineData("12345")]
    [InlineData("")]
    [InlineData("A B")]
    [InlineData("KÉS")]
    [InlineData("A-1")]
    public async Task DIR_4_a_sender_id_is_at_most_8_letters_and_digits_with_a_letter(string senderId) =>
        await (await SetSenderIdAsync(await directory.OfficialAsync(), 1, senderId)).ShouldNameAsync("senderId");

    [Fact]
    public async Task DIR_1_an_employee_number_belongs_to_one_official()
    {
        var official = await directory.OfficialAsync();
        await (await directory.Administrator.PostAsJsonAsync(Officials, new { employeeNumber = official.String("employeeNumber"), name = "Lain" }))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "employee-number-taken");
    }

    [Theory]
    [InlineData("update official set notice_phone = '0812'", "official_notice_phone_check")]
    [InlineData("insert into official_sender_id (id, official_id, sender_id, valid_from) select gen_random_uuid(), id, 'SEMBILAN9', now() from official", "official_sender_id_sender_id_check")]
    [InlineData("insert into official_sender_id (id, official_id, sender_id, valid_from) select gen_random_uuid(), id, '123', now() from official", "official_sender_id_sender_id_check")]
    public async Task DIR_4_the_database_holds_the_spelling_too(string sql, string constraint)
    {
        await directory.OfficialAsync();
        (await Should.ThrowAsync<PostgresException>(() => directory.Database.ExecuteAsync(sql))).ConstraintName.ShouldStartWith(constraint);
    }

    private Task<HttpResponseMessage> ChangeAsync(JsonElement official, long version, string? number, string? reason) =>
        directory.Administrator.PutAsJsonAsync($"{Officials}/{official.Id()}/notice-phone", new { version, number, reason });

    private Task<HttpResponseMessage> SetSenderIdAsync(JsonElement official, long version, string? senderId) =>
        directory.Administrator.PutAsJsonAsync($"{Officials}/{official.Id()}/sender-id", new { version, senderId });
}
