"""States, provinces and counties of countries that write addresses in English."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

__all__ = ["REGIONS"]

_STATES: Final = (
    "al alabama ak alaska az arizona ar arkansas ca california co colorado ct connecticut de delaware "
    "dc districtofcolumbia fl florida ga georgia hi hawaii id idaho il illinois in indiana ia iowa ks kansas "
    "ky kentucky la louisiana me maine md maryland ma massachusetts mi michigan mn minnesota ms mississippi "
    "mo missouri mt montana ne nebraska nv nevada nh newhampshire nj newjersey nm newmexico ny newyork "
    "nc northcarolina nd northdakota oh ohio ok oklahoma or oregon pa pennsylvania ri rhodeisland "
    "sc southcarolina sd southdakota tn tennessee tx texas ut utah vt vermont va virginia wa washington "
    "wv westvirginia wi wisconsin wy wyoming pr puertorico gu guam vi as mp aa ae ap"
)
_PROVINCES: Final = (
    "ab alberta bc britishcolumbia mb manitoba nb newbrunswick nl newfoundland newfoundlandandlabrador ns novascotia "
    "nt northwestterritories nu nunavut on ontario pe princeedwardisland qc quebec sk saskatchewan yt yukon"
)
_AUSTRALIA: Final = (
    "nsw newsouthwales vic victoria qld queensland wa westernaustralia sa southaustralia tas tasmania act nt "
    "australiancapitalterritory northernterritory"
)
_COUNTIES: Final = (
    "bedfordshire beds berkshire berks buckinghamshire bucks cambridgeshire cambs cheshire cornwall "
    "cumberland cumbria derbyshire derbys devon dorset countydurham codurham eastsussex eastriding "
    "eastridingofyorkshire eastyorkshire essex gloucestershire glos greatermanchester hampshire hants "
    "herefordshire hertfordshire herts humberside huntingdonshire isleofwight kent lancashire lancs "
    "leicestershire leics lincolnshire lincs merseyside middlesex middx norfolk northamptonshire northants "
    "northumberland northyorkshire nottinghamshire notts oxfordshire oxon rutland shropshire salop somerset "
    "southyorkshire staffordshire staffs suffolk surrey sussex tyneandwear warwickshire warks westmidlands "
    "westmorland westsussex westyorkshire wiltshire wilts worcestershire worcs yorkshire avon cleveland clwyd "
    "dyfed gwent gwynedd midglamorgan southglamorgan westglamorgan glamorgan powys anglesey carmarthenshire "
    "ceredigion conwy denbighshire flintshire monmouthshire pembrokeshire aberdeenshire angus argyll ayrshire "
    "banffshire berwickshire caithness clackmannanshire dumfriesshire dunbartonshire eastlothian fife "
    "invernessshire kinrossshire lanarkshire midlothian morayshire moray peeblesshire perthshire renfrewshire "
    "rossshire roxburghshire selkirkshire stirlingshire sutherland westlothian wigtownshire highland "
    "scottishborders dumfriesandgalloway kirkcudbrightshire coantrim countyantrim antrim countyarmagh "
    "coarmagh countydown codown countyfermanagh cofermanagh countylondonderry colondonderry countytyrone "
    "cotyrone greaterlondon londonborough"
)

REGIONS: Final = MappingProxyType(
    {
        country: frozenset(words.split())
        for country, words in (("US", _STATES), ("CA", _PROVINCES), ("AU", _AUSTRALIA), ("GB", _COUNTIES))
    }
)
"""Names and abbreviations without blanks, by country."""
