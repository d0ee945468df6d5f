namespace Testing;

/// <summary>Files of the checkout that the tests run in.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Platform.sln")))
            folder = folder.Parent;
        return folder.FullName;
    }
}
