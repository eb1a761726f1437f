"""Made-up people of several languages and alphabets.

Each name is followed by the ASCII letters with which it stands in usernames and addresses. Given
and family names are combined freely: a person of that name may exist, but no user is that person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .seeded_numbers import SeededNumbers


class Name(NamedTuple):
    """A given or family name.

    Attributes:
        text: In the language's own alphabet.
        ascii: In the letters a to z.
    """

    text: str
    ascii: str


@dataclass(frozen=True, slots=True)
class Language:
    """The names of a language.

    Attributes:
        locale: Language and country (BCP 47).
        zone: Time zone of the country (IANA).
        given: Given names.
        family: Family names.
        between: What stands between the names.
        family_first: Whether the family name comes first.
    """

    locale: str
    zone: str
    given: tuple[Name, ...]
    family: tuple[Name, ...]
    between: str = " "
    family_first: bool = False


class Person(NamedTuple):
    """A made-up person."""

    language: Language
    given: Name
    family: Name

    @property
    def full_name(self) -> str:
        """Return both names as the language writes them."""
        names = self.given.text, self.family.text
        return self.language.between.join(names[::-1] if self.language.family_first else names)


def person_of(numbers: SeededNumbers, user: int) -> Person:
    """Return the person of a user."""
    number, language = divmod(numbers.number("person", user), len(LANGUAGES))
    names = LANGUAGES[language]
    number, given = divmod(number, len(names.given))
    return Person(names, names.given[given], names.family[number % len(names.family)])


def _names(text: str) -> tuple[Name, ...]:
    """Read names: `text=ascii`, or a single word where both are the same but for case."""
    pairs = [each.strip().partition("=") for each in text.split(",")]
    return tuple(Name(name, letters or name.lower()) for name, _, letters in pairs)


LANGUAGES = (
    Language(
        "en-US",
        "America/New_York",
        _names("Ada, Grace, Oliver, Zoë=zoe, Noah, Mary-Jane=maryjane, Theodore, Chloé=chloe"),
        _names("Whitlock, O'Hara=ohara, Smith-Jones=smithjones, Baker, Hill, Reed, Ford, Lane"),
    ),
    Language(
        "ga-IE",
        "Europe/Dublin",
        _names(
            "Siobhán=siobhan, Seán=sean, Róisín=roisin, Pádraig=padraig, Aoife, "
            "Ciarán=ciaran, Niamh, Eoin"
        ),
        _names(
            "Ó Briain=obriain, Mac Gabhann=macgabhann, Ní Dhomhnaill=nidhomhnaill, "
            "Ó Súilleabháin=osuilleabhain, Breathnach, de Búrca=deburca, "
            "Mac an tSaoir=macantsaoir, Ó Murchú=omurchu"
        ),
    ),
    Language(
        "fr-FR",
        "Europe/Paris",
        _names(
            "Zoé=zoe, François=francois, Anaïs=anais, Jérôme=jerome, Gaëlle=gaelle, "
            "Benoît=benoit, Océane=oceane, Jean-Noël=jeannoel"
        ),
        _names(
            "Lefèvre=lefevre, Hébert=hebert, Besançon=besancon, Noël=noel, Côté=cote, "
            "D'Aubigné=daubigne, Le Goff=legoff, Gérard=gerard"
        ),
    ),
    Language(
        "de-DE",
        "Europe/Berlin",
        _names(
            "Jürgen=juergen, Käthe=kaethe, Björn=bjoern, Götz=goetz, Änne=aenne, Lukas, Mia, "
            "Hans-Jörg=hansjoerg"
        ),
        _names(
            "Müller=mueller, Weiß=weiss, Schäfer=schaefer, König=koenig, "
            "von der Heide=vonderheide, Böhm=boehm, Krüger=krueger, Jäger=jaeger"
        ),
    ),
    Language(
        "es-MX",
        "America/Mexico_City",
        _names(
            "José=jose, Sofía=sofia, Íñigo=inigo, Lucía=lucia, Andrés=andres, Begoña=begona, "
            "Raúl=raul, Ximena"
        ),
        _names(
            "Núñez=nunez, Peña=pena, Ibáñez=ibanez, Muñoz=munoz, García López=garcialopez, "
            "Ordóñez=ordonez, Vázquez=vazquez, Rivera"
        ),
    ),
    Language(
        "pl-PL",
        "Europe/Warsaw",
        _names(
            "Łukasz=lukasz, Małgorzata=malgorzata, Bożena=bozena, Michał=michal, "
            "Józef=jozef, Świętosława=swietoslawa, Zofia, Jan"
        ),
        _names(
            "Wójcik=wojcik, Wróbel=wrobel, Zając=zajac, Gołąb=golab, Król=krol, Żółć=zolc, "
            "Nowak, Mazur"
        ),
    ),
    Language(
        "tr-TR",
        "Europe/Istanbul",
        _names(
            "Ayşe=ayse, Çağla=cagla, Gökhan=gokhan, Işıl=isil, İbrahim=ibrahim, Ömer=omer, "
            "Şule=sule, Yiğit=yigit"
        ),
        _names(
            "Yılmaz=yilmaz, Çelik=celik, Öztürk=ozturk, Şahin=sahin, Güneş=gunes, "
            "Kılıç=kilic, Doğan=dogan, Aydın=aydin"
        ),
    ),
    Language(
        "vi-VN",
        "Asia/Ho_Chi_Minh",
        _names(
            "Hương=huong, Đức=duc, Thảo=thao, Bình=binh, Ngọc=ngoc, Quốc=quoc, Tuấn=tuan, Yến=yen"
        ),
        _names(
            "Nguyễn=nguyen, Trần=tran, Lê=le, Phạm=pham, Hoàng=hoang, Đặng=dang, Bùi=bui, Đỗ=do"
        ),
        family_first=True,
    ),
    Language(
        "uk-UA",
        "Europe/Kyiv",
        _names(
            "Олена=olena, Тарас=taras, Оксана=oksana, Андрій=andrii, Ірина=iryna, "
            "Богдан=bohdan, Соломія=solomiia, Юрій=yurii"
        ),
        _names(
            "Шевченко=shevchenko, Бондаренко=bondarenko, Коваль=koval, Ткаченко=tkachenko, "
            "Їжакевич=yizhakevych, Мороз=moroz, Лисенко=lysenko, Щербань=shcherban"
        ),
    ),
    Language(
        "el-GR",
        "Europe/Athens",
        _names(
            "Ελένη=eleni, Γιώργος=giorgos, Κατερίνα=katerina, Νίκος=nikos, Δήμητρα=dimitra, "
            "Κώστας=kostas, Ιωάννα=ioanna, Σπύρος=spyros"
        ),
        _names(
            "Παπαγεωργίου=papageorgiou, Οικονόμου=oikonomou, Γεωργίου=georgiou, "
            "Νικολάου=nikolaou, Αντωνίου=antoniou, Βασιλείου=vasileiou, Αλεξίου=alexiou, "
            "Θεοδώρου=theodorou"
        ),
    ),
    Language(
        "ar-EG",
        "Africa/Cairo",
        _names(
            "فاطمة=fatima, أحمد=ahmed, ليلى=layla, يوسف=youssef, مريم=maryam, عمر=omar, "
            "نور=nour, خالد=khaled"
        ),
        _names(
            "المصري=almasri, حسن=hassan, إبراهيم=ibrahim, منصور=mansour, سالم=salem, "
            "النجار=alnajjar, عثمان=othman, زكي=zaki"
        ),
    ),
    Language(
        "he-IL",
        "Asia/Jerusalem",
        _names(
            "נועה=noa, יוסף=yosef, תמר=tamar, דוד=david, שירה=shira, אורי=uri, מיכל=michal, "
            "איתן=eitan"
        ),
        _names(
            "כהן=cohen, לוי=levi, מזרחי=mizrahi, פרץ=peretz, ביטון=biton, אברהם=avraham, "
            "פרידמן=friedman, אזולאי=azoulay"
        ),
    ),
    Language(
        "hi-IN",
        "Asia/Kolkata",
        _names(
            "आरव=aarav, प्रिया=priya, अनन्या=ananya, रोहन=rohan, दीपा=deepa, विजय=vijay, "
            "मीरा=meera, अर्जुन=arjun"
        ),
        _names(
            "शर्मा=sharma, वर्मा=verma, गुप्ता=gupta, पटेल=patel, मिश्रा=mishra, यादव=yadav, "
            "जोशी=joshi, राव=rao"
        ),
    ),
    Language(
        "zh-CN",
        "Asia/Shanghai",
        _names(
            "秀英=xiuying, 伟=wei, 芳=fang, 建国=jianguo, 丽华=lihua, 志强=zhiqiang, 雪=xue, "
            "子涵=zihan"
        ),
        _names("王=wang, 李=li, 张=zhang, 欧阳=ouyang, 陈=chen, 杨=yang, 赵=zhao, 黄=huang"),
        between="",
        family_first=True,
    ),
    Language(
        "ja-JP",
        "Asia/Tokyo",
        _names(
            "陽菜=hina, 蓮=ren, 結衣=yui, 大翔=haruto, 美咲=misaki, 健太=kenta, "
            "さくら=sakura, ユウキ=yuki"
        ),
        _names(
            "佐藤=sato, 鈴木=suzuki, 髙橋=takahashi, 田中=tanaka, 渡邉=watanabe, 伊藤=ito, "
            "山本=yamamoto, 中村=nakamura"
        ),
        family_first=True,
    ),
    Language(
        "ko-KR",
        "Asia/Seoul",
        _names(
            "민준=minjun, 서연=seoyeon, 지우=jiwoo, 하은=haeun, 도윤=doyun, 수빈=subin, "
            "예준=yejun, 지민=jimin"
        ),
        _names("김=kim, 이=lee, 박=park, 최=choi, 정=jung, 황보=hwangbo, 조=cho, 윤=yoon"),
        between="",
        family_first=True,
    ),
)
"""The languages. Another order, or another name, gives every app other users."""
