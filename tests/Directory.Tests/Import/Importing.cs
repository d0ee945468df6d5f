using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Directory.Tests.Testing;

namespace Directory.Tests.Import;

/// <summary>An administrator hands in a file.</summary>
internal static class Importing
{
    private const string Imports = "/api/directory/imports";

    public static async Task<JsonElement> ImportAsync(this DirectoryFixture directory, byte[] file, bool dryRun = false, string? sheet = null) =>
        await directory.FinishedAsync((await directory.StartImportAsync(file, dryRun, sheet)).Id());

    public static Task<JsonElement> FinishedAsync(this DirectoryFixture directory, Guid id) => Eventually.GetAsync(
        () => directory.Administrator.GetFromJsonAsync<JsonElement>($"{Imports}/{id}"), import => import.String("state") is not ("Waiting" or "Running"));

    public static async Task<JsonElement> StartImportAsync(this DirectoryFixture directory, byte[] file, bool dryRun, string? sheet)
    {
        var answer = await directory.PostImportAsync(file, dryRun, sheet);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return await answer.ReadAsync();
    }

    public static Task<HttpResponseMessage> PostImportAsync(this DirectoryFixture directory, byte[] file, bool dryRun, string? sheet) =>
        directory.Administrator.PostAsync($"{Imports}?dryRun={dryRun}{(sheet is null ? "" : $"&sheet={sheet}")}", new ByteArrayContent(file));

    public static IEnumerable<string> Found(JsonElement import) => import.GetProperty("problems").EnumerateArray()
        .Select(problem => $"{problem.String("sheet")} {problem.GetProperty("row")} {problem.String("column")} {problem.String("code")}");

    /// <summary>Units, positions, officials, assignments and accounts.</summary>
    public static Task<string> CountsAsync(this DirectoryFixture directory) => directory.Database.ScalarAsync<string>(
        "select concat((select count(*) from unit), ' ', (select count(*) from position), ' ', (select count(*) from official), ' ', (select count(*) from assignment), ' ', (select count(*) from account))");
}
