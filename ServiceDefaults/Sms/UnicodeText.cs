using System.Globalization;
using System.Text;

namespace ServiceDefaults.Sms;

/// <summary>Questions to a text that comes from outside and can hold anything.</summary>
public static class UnicodeText
{
    extension(string text)
    {
        /// <summary>The text with U+FFFD for half surrogate pairs and reserved code points, on which <see cref="string.Normalize()"/> throws.</summary>
        public string Normalizable
        {
            get
            {
                var normalizable = new StringBuilder(text.Length);
                foreach (var rune in text.EnumerateRunes())
                    normalizable.Append((rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF ? "\uFFFD" : rune.ToString());
                return normalizable.ToString();
            }
        }

        /// <summary>False for half surrogate pairs and reserved code points.</summary>
        public bool IsNormalizable => text.Normalizable.Equals(text, StringComparison.Ordinal);

        /// <summary>A person who looks at the text sees something.</summary>
        public bool IsVisible => text.EnumerateRunes().Any(rune => !Rune.IsWhiteSpace(rune) && Rune.GetUnicodeCategory(rune)
            is not (UnicodeCategory.Format or UnicodeCategory.Control or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned));
    }
}
