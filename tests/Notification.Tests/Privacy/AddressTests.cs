using System.Text.Json;
using Contracts.Directory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Notification.Privacy;
using Notification.Tests.Mail;
using Notification.Tests.Testing;
using Npgsql;
using ServiceDefaults;

namespace Notification.Tests.Privacy;

/// <summary>E-mails of test keys: nothing leaves, and the three characters before the @ choose the outcome.</summary>
public sealed class AddressTests(NotificationFixture service) : IClassFixture<NotificationFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PLT_9_a_person_gets_the_emails_that_were_sent_to_his_address_however_it_is_capitalised()
    {
        var address = Address("100");
        await SentAsync(address, "Delivered");
        await SentAsync(Address("100"), "Delivered");

        var email = (await ExportAsync(address.ToUpperInvariant())).GetProperty("emails").EnumerateArray().Single();
        (email.GetProperty("subject").GetString(), email.GetProperty("text").GetString()).ShouldBe(("Antrean", "Nomor antrean Anda 7."));
        (email.GetProperty("state").GetString(), email.GetProperty("purpose").GetString()).ShouldBe(("Delivered", "Notice"));
        (await ExportAsync(Address("100"))).GetProperty("emails").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task PLT_9_a_person_has_address_and_words_removed_but_not_of_what_has_an_open_outcome_and_the_history_stays()
    {
        var address = Address("100");
        var (his, other) = (await SentAsync(address, "Delivered"), await SentAsync(Address("100"), "Delivered"));
        // At its mail server, which may yet send it back.
        var open = await SentAsync(Address("003"), "AcceptedByOperator");
        await service.Database.ExecuteAsync($"update email_content set address = '{address}' where email_id = '{open}'");

        (await EraseAsync(address)).ShouldBe((2, "1 e-mails erased; not erased: 1 still to be sent or with an open outcome; do this again when it is known"));
        await service.Database.ExecuteAsync($"update email set no_report_at = now() where id = '{open}'");
        (await EraseAsync(address)).ShouldBe((0, "1 e-mails erased"));
        (await EraseAsync(address)).ShouldBe((0, "0 e-mails erased"));
        (await service.Database.ScalarAsync<Guid[]>($"select array_agg(email_id) from email_content where email_id in ('{his}', '{other}', '{open}')")).ShouldBe([other]);
        (await service.Database.ScalarAsync<long>($"select count(*) from email_event where email_id = '{his}'")).ShouldBe(3);
    }

    [Theory]
    [InlineData("@")]
    [InlineData("warga@")]
    [InlineData("Warga <warga@example.id>")]
    [InlineData("warga@example.id, lain@example.id")]
    public async Task PLT_9_what_is_no_address_is_said_to_be_none(string written)
    {
        (await EraseAsync(written)).ShouldBe((PersonVerbs.NotDone, "this is no e-mail address"));
        using var output = new StringWriter();
        await using var owner = NpgsqlDataSource.Create(service.Database.Administrator);
        (await AddressRequests.ExportAsync(new(owner, written, output, Stop))).ShouldBe(PersonVerbs.NotDone);
    }

    [Fact]
    public async Task PLT_9_that_somebody_asked_stands_in_the_audit_trail_and_for_whom_does_not()
    {
        var address = Address("100");
        var verb = service.Services.GetServices<Verb>().Single(verb => verb.Name == "--export-person");
        Console.SetIn(new StringReader(address));
        (await verb.Run(service.Services, NullLogger.Instance, Stop)).ShouldBe(0);
        var told = await service.Database.ScalarAsync<string>($"select body from outbox where type = '{typeof(WriteToAuditTrail).FullName}' and body like '%ExportPerson%'");
        told.ShouldContain("\"address\"");
        told.ShouldNotContain(address);
    }

    private static string Address(string outcome) => $"warga-{Guid.CreateVersion7():n}{outcome}@warga.example.id";

    private async Task<Guid> SentAsync(string address, string state)
    {
        var order = EmailFixture.Email(address) with { IsTest = true };
        await service.Bus.PublishAsync(order);
        await Eventually.GetAsync(() => service.Database.ScalarAsync<string>($"select coalesce((select state from email where id = '{order.EmailId}'), 'none')"), actual => actual == state);
        return order.EmailId;
    }

    private async Task<JsonElement> ExportAsync(string address)
    {
        await using var owner = NpgsqlDataSource.Create(service.Database.Administrator);
        using var output = new StringWriter();
        (await AddressRequests.ExportAsync(new(owner, address, output, Stop))).ShouldBe(0);
        return JsonDocument.Parse(output.ToString()).RootElement;
    }

    private async Task<(int Exit, string Said)> EraseAsync(string address)
    {
        await using var owner = NpgsqlDataSource.Create(service.Database.Administrator);
        using var output = new StringWriter();
        return (await AddressRequests.EraseAsync(new(owner, address, output, Stop)), output.ToString().TrimEnd());
    }
}
