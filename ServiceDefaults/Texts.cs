using System.Globalization;
using System.Resources;

namespace ServiceDefaults;

/// <summary>Everything people read, in Indonesian (<c>Texts.resx</c>) with English beside it (<c>Texts.en.resx</c>).</summary>
public static class Texts
{
    private static readonly ResourceManager Resources = new("ServiceDefaults.Texts", typeof(Texts).Assembly);

    /// <summary>Languages that requests may ask for; the first is the default.</summary>
    public static string[] Languages { get; } = ["id", "en"];

    /// <summary>For whoever reads it later: nobody knows his language.</summary>
    public static string InIndonesian(string key) => Resources.GetString(key, CultureInfo.GetCultureInfo("id")) ?? key;

    /// <summary>The text in the language of the request.</summary>
    public static string Of(string key) => Resources.GetString(key, CultureInfo.CurrentUICulture) ?? key;
}
