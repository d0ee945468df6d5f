using Shouldly;

namespace Testing;

/// <summary>Files of the checkout that the tests run in.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The file is what the code says; <c>UPDATE_API_DOCUMENTS=1</c> writes it anew.</summary>
    /// <param name="path">Below the root.</param>
    /// <param name="said">Its content, from the code.</param>
    public static async Task ShouldHoldAsync(string path, string said)
    {
        var file = Path.Combine(Root, path);
        if (Environment.GetEnvironmentVariable("UPDATE_API_DOCUMENTS") == "1")
            await File.WriteAllTextAsync(file, said);
        (await File.ReadAllTextAsync(file)).ShouldBe(said, $"{path} is not what the code says. If the change is meant: UPDATE_API_DOCUMENTS=1 deploy/test, and look at the difference.");
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Platform.sln")))
            folder = folder.Parent;
        return folder.FullName;
    }
}
