using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServiceDefaults.Sms;

namespace ServiceDefaults;

/// <summary>
/// What a person may ask for (UU 27/2022 art. 6-8), of every service that keeps something under a number: verbs for the owner of the database, by <c>deploy/privacy</c>.
/// The number comes on standard input, because a command line is seen by everybody on the machine.
/// </summary>
public static class PersonVerbs
{
    /// <summary>Exit code: not done, or not all of it.</summary>
    public const int NotDone = 2;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A person's data, or their removal.</summary>
    /// <param name="Database">As its owner.</param>
    /// <param name="Number">E.164.</param>
    /// <param name="Output">For who asked.</param>
    /// <param name="Stop">Ends it.</param>
    public sealed record Request(NpgsqlDataSource Database, string Number, TextWriter Output, CancellationToken Stop);

    /// <summary>Adds <c>--export-person</c> and <c>--erase-person</c>; each returns its exit code.</summary>
    public static void AddPersonVerbs(this IServiceCollection services, Func<Request, Task<int>> export, Func<Request, Task<int>> erase)
    {
        services.AddVerb("--export-person", (provider, _, stop) => RunAsync(export, provider.GetRequiredService<NpgsqlDataSource>(), Console.In, Console.Out, stop));
        services.AddVerb("--erase-person", (provider, _, stop) => RunAsync(erase, provider.GetRequiredService<NpgsqlDataSource>(), Console.In, Console.Out, stop));
    }

    /// <summary>Writes what a query finds under the number, <c>$1</c>: one row, one JSON object, shown without its nulls.</summary>
    public static async Task<int> ExportAsync(this Request request, string query)
    {
        await using var command = request.Database.CreateCommand($"select json_strip_nulls(({query}))::text");
        command.Parameters.Add(new() { Value = request.Number });
        var found = JsonNode.Parse((string)(await command.ExecuteScalarAsync(request.Stop))!)!;
        await request.Output.WriteLineAsync(found.ToJsonString(Json));
        return 0;
    }

    /// <summary>One request, with the number as somebody has written it.</summary>
    internal static async Task<int> RunAsync(Func<Request, Task<int>> act, NpgsqlDataSource database, TextReader input, TextWriter output, CancellationToken stop)
    {
        var number = PhoneNumber.Parse(await input.ReadLineAsync(stop));
        if (number.Kind is SenderKind.Mobile or SenderKind.FixedLine)
            return await act(new(database, number.Value, output, stop));
        await output.WriteLineAsync("this is no phone number");
        return NotDone;
    }
}
