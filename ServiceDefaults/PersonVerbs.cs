using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Contracts.Directory;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServiceDefaults.Messaging;
using ServiceDefaults.Sms;

namespace ServiceDefaults;

/// <summary>
/// What a person may ask for (UU 27/2022 art. 6-8), of every service that keeps something under a number or an e-mail address: verbs for the owner of the database, by
/// <c>deploy/privacy</c>. Both come on standard input, because a command line is seen by everybody on the machine. That somebody asked stands in the audit trail; for whom, nowhere.
/// </summary>
public static class PersonVerbs
{
    /// <summary>Exit code: not done, or not all of it.</summary>
    public const int NotDone = 2;

    /// <summary>The acting person of what is done on the server itself.</summary>
    public const string Owner = "owner";

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A person's data, or their removal.</summary>
    /// <param name="Database">As its owner.</param>
    /// <param name="Person">His number in E.164, or his e-mail address where the verb takes one.</param>
    /// <param name="Output">For who asked.</param>
    /// <param name="Stop">Ends it.</param>
    public sealed record Request(NpgsqlDataSource Database, string Person, TextWriter Output, CancellationToken Stop)
    {
        /// <summary>Of a verb that takes numbers alone.</summary>
        public string Number => Person;
    }

    /// <summary>Adds <c>--export-person</c> and <c>--erase-person</c>; each returns its exit code.</summary>
    /// <param name="services">Of the service.</param>
    /// <param name="export">Under a number.</param>
    /// <param name="erase">Under a number.</param>
    /// <param name="exportAddress">Under an e-mail address, which is checked there; null: nothing is kept under any.</param>
    /// <param name="eraseAddress">The same.</param>
    public static void AddPersonVerbs(
        this IServiceCollection services, Func<Request, Task<int>> export, Func<Request, Task<int>> erase,
        Func<Request, Task<int>>? exportAddress = null, Func<Request, Task<int>>? eraseAddress = null)
    {
        Add("--export-person", "ExportPerson", export, exportAddress);
        Add("--erase-person", "ErasePerson", erase, eraseAddress);

        void Add(string verb, string act, Func<Request, Task<int>> ofNumber, Func<Request, Task<int>>? ofAddress) => services.AddVerb(verb, (provider, _, stop) =>
        {
            var clock = provider.GetRequiredService<TimeProvider>();
            return RunAsync(
                Told(act, "number", ofNumber, clock), ofAddress is null ? null : Told(act, "address", ofAddress, clock), provider.GetRequiredService<NpgsqlDataSource>(), Console.In, Console.Out, stop);
        });
    }

    /// <summary>Writes what a query finds under the number or address, <c>$1</c>: one row, one JSON object, shown without its nulls.</summary>
    public static async Task<int> ExportAsync(this Request request, string query)
    {
        await using var command = request.Database.CreateCommand($"select json_strip_nulls(({query}))::text");
        command.Parameters.Add(new() { Value = request.Person });
        var found = JsonNode.Parse((string)(await command.ExecuteScalarAsync(request.Stop))!)!;
        await request.Output.WriteLineAsync(found.ToJsonString(Json));
        return 0;
    }

    /// <summary>One request, with the number or address as somebody has written it.</summary>
    internal static async Task<int> RunAsync(
        Func<Request, Task<int>> ofNumber, Func<Request, Task<int>>? ofAddress, NpgsqlDataSource database, TextReader input, TextWriter output, CancellationToken stop)
    {
        var written = (await input.ReadLineAsync(stop))?.Trim() ?? "";
        if (ofAddress is not null && written.Contains('@', StringComparison.Ordinal))
            return await ofAddress(new(database, written, output, stop));
        var number = PhoneNumber.Parse(written);
        if (number.Kind is SenderKind.Mobile or SenderKind.FixedLine)
            return await ofNumber(new(database, number.Value, output, stop));
        await output.WriteLineAsync(ofAddress is null ? "this is no phone number" : "this is neither a phone number nor an e-mail address");
        return NotDone;
    }

    /// <summary>The trail is told first: what it would not hear of is not done.</summary>
    internal static Func<Request, Task<int>> Told(string act, string kind, Func<Request, Task<int>> then, TimeProvider clock) => async request =>
    {
        var (id, now) = (Guid.CreateVersion7(), clock.GetUtcNow());
        var row = OutboxRow.Of(id.ToString(), Owner, new WriteToAuditTrail { Act = act, Actor = Owner, SubjectKind = "Person", SubjectId = id, At = now, Details = kind }, now);
        await using var command = request.Database.CreateCommand("insert into outbox (id, type, key, body, acted_by, occurred_at) values ($1, $2, $3, $4, $5, $6)");
        foreach (var value in new object[] { row.Id, row.Type, row.Key, row.Body, row.ActedBy, row.OccurredAt })
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(request.Stop);
        return await then(request);
    };
}
